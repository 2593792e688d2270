"""Processes under valgrind's callgrind."""
import os
import pathlib
import re
import signal
import subprocess

from rig import ROOT

PROGRAM = ROOT / ".build/release/stepstream-bench"
DUMPS = ROOT / ".build/instructions"


class Failure(Exception):
    """Told without a traceback."""


class Counted:
    """A process under callgrind. `side` is whose instructions they are: `ours` or `redis`."""

    def __init__(self, side, command, folder, **options):
        self.side, self.dumps = side, 0
        self.prefix = f"--vgdb-prefix={folder}/vgdb"
        self.out = folder / f"{side}.out"
        valgrind = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={self.out}", self.prefix, "--separate-threads=no"]
        self.process = subprocess.Popen([*valgrind, *command], **options)

    def ask(self, command):
        """Commands of callgrind's monitor, as callgrind_control sends them."""
        words = ["vgdb", self.prefix, f"--pid={self.process.pid}", "--wait=30", *command.split()]
        asked = subprocess.run(words, capture_output=True, text=True, timeout=120)
        if asked.returncode != 0:
            raise Failure(f"callgrind did not {command} the counts of {self.side}: {asked.stderr.strip()}")

    def zero(self):
        self.ask("zero")

    def dump(self, name):
        """The instructions since the last zero; the dump is kept as `<side>.<name>`."""
        self.ask("dump")
        self.dumps += 1
        text = pathlib.Path(f"{self.out}.{self.dumps}").read_text(errors="replace")
        # A call that began before the zero counts as none, and callgrind_annotate would take what it did for its caller's own.
        (DUMPS / f"{self.side}.{name.replace(' ', '-')}").write_text(text.replace("\ncalls=0 ", "\ncalls=1 "))
        totals = re.search(r"^totals: (\d+)", text, re.MULTILINE)
        if totals:
            return int(totals[1])
        raise Failure(f"The dump of {self.side} after {name} has no totals.")

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()


def counted_program(arguments, folder):
    """Ours: on one CPU, with one event loop and without random seeds, so that every batch is as full as the last one."""
    cpu = max(os.sched_getaffinity(0))
    environment = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1", "NIO_SINGLETON_GROUP_LOOP_COUNT": "1"}
    return Counted(
        "ours", [str(plain()), *arguments], folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {cpu}),
    )


def plain():
    """The program without the debug information, which is of a newer form than valgrind can read; the names of functions stay."""
    copy = DUMPS / PROGRAM.name
    if not copy.exists() or copy.stat().st_mtime < PROGRAM.stat().st_mtime:
        subprocess.run(["strip", "--strip-debug", "-o", str(copy), str(PROGRAM)], timeout=120, check=True)
    return copy
