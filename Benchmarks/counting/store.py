"""The redis-server whose instructions are counted."""
import contextlib
import re
import subprocess
import time

from counting.callgrind import Counted, Failure
from rig import ROOT, redis


class Store:
    """Redis with the product's own settings, without what depends on the time, which passes fifty times as fast here."""

    def __init__(self, folder):
        self.socket = f"{folder}/redis.sock"
        still = {
            "port": "0", "unixsocket": self.socket, "dir": str(folder), "hz": "1", "activerehashing": "no",
            "auto-aof-rewrite-percentage": "0", "slowlog-log-slower-than": "-1", "latency-monitor-threshold": "0",
        }
        words = ["redis-server", str(ROOT / "config/redis.conf"), *(word for name, value in still.items() for word in ("--" + name, value))]
        self.counted = Counted("redis", words, folder, stdout=subprocess.DEVNULL, cwd=folder)

    def command(self, *words):
        """The reply to one command as text; enough for PING, INFO and CONFIG."""
        return redis(self.socket, *words)

    def wait(self):
        for _ in range(600):
            with contextlib.suppress(OSError):
                if self.command("PING") == "PONG":
                    return
            if self.counted.process.poll() is not None:
                raise Failure(f"redis-server under valgrind ended with status {self.counted.process.returncode}.")
            time.sleep(0.1)
        raise Failure("redis-server under valgrind did not answer within a minute.")

    def version(self):
        return re.search(r"redis_version:(\S+)", self.command("INFO", "server"))[1]

    def reads(self):
        """How often it read from a connection since the last `CONFIG RESETSTAT`, but for this: what was sent in one piece is read at once."""
        return int(re.search(r"^total_reads_processed:(\d+)", self.command("INFO", "stats"), re.MULTILINE)[1]) - 1

    def calls(self, command):
        """How often it was called since the last `CONFIG RESETSTAT`."""
        found = re.search(rf"^cmdstat_{command}:calls=(\d+)", self.command("INFO", "commandstats"), re.MULTILINE)
        return int(found[1]) if found else 0
