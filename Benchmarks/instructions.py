#!/usr/bin/env python3
"""Counts the instructions of an operation, ours and those of Redis: of its way through the store, and of requests that submit, read or run
it beside one that does nothing; many together, and one alone.

Starts a redis-server and our release build, both under valgrind's callgrind, and compares with Benchmarks/instructions.json. A count hardly
depends on the machine or on what else it does, so a regression shows where times would swing. Needs Python, valgrind and redis-server.
Exit status 1 if a count is above the accepted one by more than the tolerance. docs/performance.md says how to read it. What was executed
stays in .build/instructions, for callgrind_annotate.
"""
import argparse
import json
import pathlib
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

from counting import acceptance
from counting.acceptance import NAMES, SIDES
from counting.callgrind import DUMPS, PROGRAM, Failure
from counting.requests import CONNECTIONS, Requests
from counting.store import Store
from counting.walk import BATCH, BATCHES, Walk


def measure(kind, operations, suffix, limit):
    """Instructions an operation, how many operations and calls of Redis, round trips an operation, all by name, and the version of Redis."""
    children, counts, calls, trips = [], {}, {}, {}
    with tempfile.TemporaryDirectory(prefix="stepstream-count-") as name:
        folder = pathlib.Path(name)
        late = threading.Timer(limit, lambda: [child.process.kill() for child in children])
        late.daemon = True
        late.start()
        try:
            store = Store(folder)
            children.append(store.counted)
            store.wait()
            version = store.version()
            work = kind(store, folder, operations, suffix)
            children.append(work.counted)
            for phase in work.names:
                work.prepare(phase)
                store.command("CONFIG", "RESETSTAT")
                for child in children:
                    child.zero()
                work.work(phase)
                counts[phase] = {child.side: round(child.dump(phase) / operations) for child in children}
                if phase in acceptance.WITHOUT_REDIS:
                    del counts[phase]["redis"]
                trips[phase] = store.reads() / operations
                calls[phase] = (operations, store.calls(work.command(phase)))
                work.leave(phase)
            work.check()
            return counts, calls, trips, version
        finally:
            late.cancel()
            for child in reversed(children):
                child.end()


def versions(of_redis):
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True, timeout=60, check=True)
    found = re.search(r"Swift version (\S+)", swift.stdout + swift.stderr)
    return {"machine": platform.machine(), "redis": of_redis, "swift": found[1] if found else "unknown"}


def self_test():
    """Plants counts and expects what is said of them."""
    now = {"machine": "x86_64", "redis": "7.0.15", "swift": "6.3.1"}
    flat = {name: {side: 1000 for side in SIDES} for name in NAMES}
    accepted = {"tolerance": 5, **now, "counts": flat}
    rows, judge = acceptance.rows, acceptance.judge
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
    for count, word, expected in ((3.1, None, False), (3.9, "too many", True), (2.1, "better", False)):
        sentences, failed = acceptance.judge_trips({"sync submission alone": count}, {"trips": {"sync submission alone": 3}})
        if failed != expected or len(sentences) != (word is not None) or word and word not in sentences[0]:
            raise Failure(f"{count} round trips were judged {sentences}, {failed}.")
    print("each planted count is judged as it should be")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=1024, help=f"a multiple of {BATCH}; alone an eighth as many")
    parser.add_argument("--limit", type=float, default=300, help="seconds after which it is given up")
    parser.add_argument("--json", action="store_true", help="print JSON; `calls` are operations and calls of Redis")
    parser.add_argument("--accept", action="store_true", help="take these counts as those to compare with from now on")
    parser.add_argument("--self-test", action="store_true", help="plant counts and see how they are judged")
    choices = parser.parse_args()
    # So that who ends this ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if choices.self_test:
        return self_test()
    if choices.operations < BATCH or choices.operations % BATCH:
        parser.error(f"--operations must be a multiple of {BATCH}")
    for needed in ("valgrind", "redis-server", "strip"):
        if not shutil.which(needed):
            raise Failure(f"{needed} is missing: scripts/install test")
    if not PROGRAM.exists():
        raise Failure("Build it first: swift build -c release --product stepstream-bench")
    DUMPS.mkdir(parents=True, exist_ok=True)
    accepted, counts, calls, trips, version = acceptance.read(), {}, {}, {}, ""
    for kind, suffixes in ((Walk, BATCHES), (Requests, CONNECTIONS)):
        for suffix in suffixes:
            operations = choices.operations if suffix == "" else choices.operations // 8
            counted, called, spoken, version = measure(kind, operations, suffix, choices.limit)
            counts.update(counted)
            calls.update(called)
            # Together, what many ask for goes in one piece, or in some: alone it is the same each time.
            if kind is Requests and suffix == " alone":
                trips.update({name: count for name, count in spoken.items() if name not in acceptance.WITHOUT_REDIS})
    now, found = versions(version), acceptance.rows(counts, accepted)
    sentences, failed = acceptance.judge(found, accepted, now)
    more, too_many = acceptance.judge_trips(trips, accepted)
    sentences, failed = sentences + more, failed or too_many
    if choices.json:
        print(json.dumps({**now, "operations": choices.operations, "counts": counts, "calls": calls, "trips": trips, "failed": failed}))
    else:
        acceptance.table(found, calls, trips)
    if choices.accept:
        return acceptance.accept(counts, trips, now, accepted)
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(str(failure))
