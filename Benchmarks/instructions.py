#!/usr/bin/env python3
"""Counts the instructions that submit, claim, begin and commit of an operation take: ours, and those of Redis; in full batches, and alone.

Starts a redis-server and the release build of the benchmarks (`stepstream-bench walk`), both under valgrind's callgrind, and compares with
Benchmarks/instructions.json. A count hardly depends on the machine or on what else it does, so a regression shows where times would swing.
Needs Python, valgrind and redis-server. Exit status 1 if a count is above the accepted one by more than the tolerance. docs/performance.md
says how to read it. What each phase did stays in .build/instructions, for callgrind_annotate.
"""
import argparse
import contextlib
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / ".build/release/stepstream-bench"
ACCEPTED = ROOT / "Benchmarks/instructions.json"
PAGE = ROOT / "docs/performance.md"
DUMPS = ROOT / ".build/instructions"
PHASES = ("submit", "claim", "begin", "commit")
SIDES = ("ours", "redis")
NAMES = {"ours": "Stepstream", "redis": "Redis"}
BATCH = 64
# What a count's name ends with, and how many operations a call of the store has.
WALKS = {"": BATCH, " alone": 1}
COUNT_NAMES = [phase + suffix for suffix in WALKS for phase in PHASES]
MARKERS = ("<!-- instructions -->", "<!-- /instructions -->")


class Failure(Exception):
    """Told without a traceback."""


class Counted:
    """A process under callgrind."""

    def __init__(self, name, command, folder, **options):
        self.name, self.folder, self.dumps = name, folder, 0
        self.prefix = f"--vgdb-prefix={folder}/vgdb"
        self.out = folder / f"{name}.out"
        valgrind = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={self.out}", self.prefix, "--separate-threads=no"]
        self.process = subprocess.Popen([*valgrind, *command], **options)

    def ask(self, command):
        """Commands of callgrind's monitor, as callgrind_control sends them."""
        words = ["vgdb", self.prefix, f"--pid={self.process.pid}", "--wait=30", *command.split()]
        asked = subprocess.run(words, capture_output=True, text=True, timeout=120)
        if asked.returncode != 0:
            raise Failure(f"callgrind did not {command} the counts of {NAMES[self.name]}: {asked.stderr.strip()}")

    def zero(self):
        self.ask("zero")

    def dump(self, phase):
        """The instructions since the last zero; the dump is kept as `<name>.<phase>`."""
        self.ask("dump")
        self.dumps += 1
        text = pathlib.Path(f"{self.out}.{self.dumps}").read_text(errors="replace")
        # A call that began before the zero counts as none, and callgrind_annotate would take what it did for its caller's own.
        (DUMPS / f"{self.name}.{phase}").write_text(text.replace("\ncalls=0 ", "\ncalls=1 "))
        totals = re.search(r"^totals: (\d+)", text, re.MULTILINE)
        if totals:
            return int(totals[1])
        raise Failure(f"The dump of {NAMES[self.name]} after {phase} has no totals.")

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()


def redis(path, *words):
    """The reply to one command as text; enough for PING and INFO."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(30)
        link.connect(path)
        link.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w.encode()), w.encode()) for w in words))
        reply = link.makefile("rb")
        line = reply.readline()
        return reply.read(int(line[1:])).decode() if line[:1] == b"$" else line[1:].decode().strip()


def batches(store, command):
    """How often it was called."""
    found = re.search(rf"^cmdstat_{command}:calls=(\d+)", redis(store, "INFO", "commandstats"), re.MULTILINE)
    return int(found[1]) if found else 0


def wait_for(store, process):
    for _ in range(600):
        with contextlib.suppress(OSError):
            if redis(store, "PING") == "PONG":
                return
        if process.poll() is not None:
            raise Failure(f"redis-server under valgrind ended with status {process.returncode}.")
        time.sleep(0.1)
    raise Failure("redis-server under valgrind did not answer within a minute.")


def server(folder, store):
    """The product's own settings; without what depends on the time, which passes fifty times as fast here."""
    still = {
        "port": "0", "unixsocket": store, "dir": str(folder), "hz": "1", "activerehashing": "no", "auto-aof-rewrite-percentage": "0",
        "slowlog-log-slower-than": "-1", "latency-monitor-threshold": "0",
    }
    words = ["redis-server", str(ROOT / "config/redis.conf"), *(word for name, value in still.items() for word in ("--" + name, value))]
    return Counted("redis", words, folder, stdout=subprocess.DEVNULL, cwd=folder)


def plain():
    """The program without the debug information, which is of a newer form than valgrind can read; the names of functions stay."""
    copy = DUMPS / PROGRAM.name
    if not copy.exists() or copy.stat().st_mtime < PROGRAM.stat().st_mtime:
        subprocess.run(["strip", "--strip-debug", "-o", str(copy), str(PROGRAM)], timeout=120, check=True)
    return copy


def walk(folder, store, operations, batch):
    """One CPU, one thread for tasks, one event loop and no random seeds: every batch is as full as the last one."""
    cpu = max(os.sched_getaffinity(0))
    environment = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1", "NIO_SINGLETON_GROUP_LOOP_COUNT": "1"}
    return Counted(
        "ours", [str(plain()), "walk", "--redis", f"unix://{store}", "--operations", str(operations), "--batch", str(batch)], folder,
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: os.sched_setaffinity(0, {cpu}),
    )


def expect(child, what):
    """Takes the next line of the walk, which must be `what`."""
    line = child.process.stdout.readline()
    if line.strip() != what:
        raise Failure(f"The walk said {line!r} instead of {what!r}." if line else f"The walk ended, or took too long, before it was {what!r}.")


def go_on(child):
    child.process.stdin.write("\n")
    child.process.stdin.flush()


def measure(operations, suffix, limit):
    """Instructions an operation and calls of Redis by the phase's name, and the version of Redis."""
    DUMPS.mkdir(parents=True, exist_ok=True)
    children, counts, calls = [], {}, {}
    with tempfile.TemporaryDirectory(prefix="stepstream-count-") as name:
        folder = pathlib.Path(name)
        store = name + "/redis.sock"
        late = threading.Timer(limit, lambda: [child.process.kill() for child in children])
        late.daemon = True
        late.start()
        try:
            children.append(server(folder, store))
            wait_for(store, children[0].process)
            version = re.search(r"redis_version:(\S+)", redis(store, "INFO", "server"))[1]
            children.append(walk(folder, store, operations, WALKS[suffix]))
            ours = children[1]
            for phase in PHASES:
                expect(ours, f"ready {phase}")
                redis(store, "CONFIG", "RESETSTAT")
                for child in children:
                    child.zero()
                go_on(ours)
                expect(ours, f"done {phase}")
                named = phase + suffix
                counts[named] = {child.name: round(child.dump(named.replace(" ", "-")) / operations) for child in children}
                calls[named] = batches(store, "xreadgroup" if phase == "claim" else "evalsha")
                go_on(ours)
            # It has read every operation back.
            if ours.process.wait(limit) != 0:
                raise Failure(f"The walk ended with status {ours.process.returncode}.")
            return counts, calls, version
        finally:
            late.cancel()
            for child in reversed(children):
                child.end()


def versions(of_redis):
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True, timeout=60, check=True)
    found = re.search(r"Swift version (\S+)", swift.stdout + swift.stderr)
    return {"machine": platform.machine(), "redis": of_redis, "swift": found[1] if found else "unknown"}


def same(accepted, now, side):
    """Whether counts of a side can be compared: the machine's kind, and the first two numbers of the version."""
    name = "redis" if side == "redis" else "swift"
    return accepted["machine"] == now["machine"] and accepted[name].split(".")[:2] == now[name].split(".")[:2]


def rows(counts, accepted):
    """Phase, side, count, accepted count, difference in percent."""
    found = []
    for phase in COUNT_NAMES:
        for side in SIDES:
            count, old = counts[phase][side], accepted.get("counts", {}).get(phase, {}).get(side)
            found.append((phase, side, count, old, 100 * (count - old) / old if old else None))
    return found


def judge(found, accepted, now):
    """Sentences about counts that left the tolerance, and whether one of them is a failure."""
    tolerance, sentences, failed = accepted.get("tolerance", 0), [], False
    for phase, side, count, old, change in found:
        if change is None and accepted.get("counts"):
            failed = True
            sentences.append(f"There is no accepted count of {phase}, {NAMES[side]}: make instructions-accept.")
        if change is None or abs(change) <= tolerance:
            continue
        what = f"{phase} takes {NAMES[side]} {count:,} instructions an operation, {abs(change):.1f} % {'more' if change > 0 else 'less'} than {old:,}"
        if not same(accepted, now, side):
            sentences.append(f"{what}; those were counted with another version, so this is no failure.")
        elif change > 0:
            failed = True
            sentences.append(
                f"{what}: too many (tolerance {tolerance} %). Where they go: "
                f"callgrind_annotate .build/instructions/{side}.{phase.replace(' ', '-')} | swift demangle --simplified. If it is worth it: make instructions-accept."
            )
        else:
            sentences.append(f"{what}: better. Keep it so: make instructions-accept.")
    return sentences, failed


def table(found, calls, operations):
    print("Thousand instructions an operation" + f"{'counted':>18}{'accepted':>11}{'difference':>12}")
    for phase, side, count, old, change in found:
        name = f"  {phase}, {NAMES[side]}"
        beside = f"{old / 1000:11.2f}{change:+10.1f} %" if old else f"{'none':>11}"
        print(f"{name:<34}{count / 1000:18.2f}{beside}")
    for suffix, batch in WALKS.items():
        phases = [phase + suffix for phase in PHASES]
        for side in SIDES:
            print(f"  {f'all four{suffix}, ' + NAMES[side]:<32}{sum(row[2] for row in found if row[0] in phases and row[1] == side) / 1000:18.2f}")
        count = operations[suffix] // batch
        print(f"Calls of Redis for {count} times {batch}: " + ", ".join(f"{phase} {calls[phase]}" for phase in phases))


def page(accepted):
    """Writes the accepted counts into the page."""
    lines = [
        f"Thousand instructions an operation; {accepted['machine']}, Swift {accepted['swift']}, Redis {accepted['redis']}.", "",
        f"| | Stepstream, {BATCH} to a call | Redis | Stepstream, alone | Redis |", "|---|---:|---:|---:|---:|",
    ]
    cells = lambda phase: [accepted["counts"][phase + suffix][side] / 1000 for suffix in WALKS for side in SIDES]
    for phase in PHASES:
        lines.append(f"| {phase} | " + " | ".join(f"{count:.1f}" for count in cells(phase)) + " |")
    lines.append("| all four | " + " | ".join(f"{sum(column):.1f}" for column in zip(*map(cells, PHASES))) + " |")
    text, (start, end) = PAGE.read_text(), MARKERS
    before, rest = text.split(start, 1)
    PAGE.write_text(before + start + "\n" + "\n".join(lines) + "\n" + end + rest.split(end, 1)[1])


def accept(counts, now, old):
    accepted = {"tolerance": old.get("tolerance", 8), **now, "counts": counts}
    ACCEPTED.write_text(json.dumps(accepted, indent=2) + "\n")
    page(accepted)
    print(f"Accepted: {ACCEPTED.relative_to(ROOT)} and {PAGE.relative_to(ROOT)} are written.")


def self_test():
    """Plants counts and expects what is said of them."""
    now = {"machine": "x86_64", "redis": "7.0.15", "swift": "6.3.1"}
    flat = {phase: {side: 1000 for side in SIDES} for phase in COUNT_NAMES}
    accepted = {"tolerance": 5, **now, "counts": flat}
    cases = [
        (1050, now, None, False), (1051, now, "too many", True), (949, now, "better", False),
        (1051, {**now, "redis": "7.2.4"}, "no failure", False), (1051, {**now, "redis": "7.0.16", "swift": "6.4"}, "too many", True),
        (1051, {**now, "machine": "aarch64"}, "no failure", False),
    ]
    unknown = {**accepted, "counts": {name: sides for name, sides in flat.items() if name != "begin"}}
    sentences, failed = judge(rows(flat, unknown), unknown, now)
    if not failed or len(sentences) != len(SIDES):
        raise Failure(f"Counts that are not accepted were judged {sentences}, {failed}.")
    for count, machine, word, expected in cases:
        sentences, failed = judge(rows({**flat, "begin": {"ours": 1000, "redis": count}}, accepted), accepted, machine)
        if failed != expected or len(sentences) != (word is not None) or word and word not in sentences[0]:
            raise Failure(f"{count} with {machine} was judged {sentences}, {failed}.")
    print("each planted count is judged as it should be")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=1024, help=f"a multiple of {BATCH}; alone an eighth as many")
    parser.add_argument("--limit", type=float, default=300, help="seconds after which it is given up")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--accept", action="store_true", help="take these counts as those to compare with from now on")
    parser.add_argument("--self-test", action="store_true", help="plant counts and see how they are judged")
    choices = parser.parse_args()
    if choices.self_test:
        return self_test()
    if choices.operations < BATCH or choices.operations % BATCH:
        parser.error(f"--operations must be a multiple of {BATCH}")
    if not PROGRAM.exists():
        raise Failure("Build it first: swift build -c release --product stepstream-bench")
    for needed in ("valgrind", "redis-server", "strip"):
        if not shutil.which(needed):
            raise Failure(f"{needed} is missing: scripts/install test")
    accepted = json.loads(ACCEPTED.read_text()) if ACCEPTED.exists() else {}
    operations = dict(zip(WALKS, (choices.operations, choices.operations // 8)))
    counts, calls, version = {}, {}, ""
    for suffix, number in operations.items():
        counted, called, version = measure(number, suffix, choices.limit)
        counts.update(counted)
        calls.update(called)
    now, found = versions(version), rows(counts, accepted)
    sentences, failed = judge(found, accepted, now)
    if choices.json:
        print(json.dumps({**now, "operations": choices.operations, "counts": counts, "calls": calls, "failed": failed}))
    else:
        table(found, calls, operations)
    if choices.accept:
        return accept(counts, now, accepted)
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(str(failure))
