"""The way of operations through the store, without a server or a worker around it: `stepstream-bench walk`."""
from counting.callgrind import Failure, counted_program

PHASES = ("submit", "claim", "begin", "commit")
BATCH = 64
# What a count's name ends with, and how many operations a call of the store has.
BATCHES = {"": BATCH, " alone": 1}


class Walk:
    """One walk, which waits before and after each phase to be told to go on."""

    def __init__(self, store, folder, operations, suffix):
        self.names = {phase + suffix: phase for phase in PHASES}
        words = ["walk", "--redis", f"unix://{store.socket}", "--operations", str(operations), "--batch", str(BATCHES[suffix])]
        self.counted = counted_program(words, folder)

    def command(self, name):
        """The command of Redis whose calls tell how full the batches were."""
        return "xreadgroup" if self.names[name] == "claim" else "evalsha"

    def prepare(self, name):
        self.expect(f"ready {self.names[name]}")

    def work(self, name):
        self.go_on()
        self.expect(f"done {self.names[name]}")

    def leave(self, name):
        self.go_on()

    def check(self):
        """It has read every operation back."""
        if self.counted.process.wait() != 0:
            raise Failure(f"The walk ended with status {self.counted.process.returncode}.")

    def expect(self, what):
        """Takes the next line of the walk, which must be `what`."""
        line = self.counted.process.stdout.readline()
        if line.strip() != what:
            said = f"The walk said {line!r} instead of" if line else "The walk ended, or took too long, before it was"
            raise Failure(f"{said} {what!r}.")

    def go_on(self):
        self.counted.process.stdin.write("\n")
        self.counted.process.stdin.flush()
