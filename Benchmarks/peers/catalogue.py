"""The peers: how each is started, which settings are tried, and what is known of it."""
import dataclasses
import importlib.metadata
import subprocess

from peers.measure import Setting
from peers.store import VENV


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    file: str
    settings: tuple  # the one that was best on two cores first: --quick tries no other
    unit: str  # of the concurrency; empty if there is none
    note: str  # what else was chosen for it
    survives: str  # whether a job outlives the kill -9 of its worker; README.md has the sources
    keeps: bool = True  # whether it can keep a status of each job
    variables: dict = dataclasses.field(default_factory=dict)

    def version(self):
        if self.file.endswith(".rb"):
            return subprocess.run(["ruby", "-rsidekiq", "-e", "print Sidekiq::VERSION"], capture_output=True, text=True, check=True).stdout
        paths = [str(path) for path in VENV.glob("lib/python3*/site-packages")]
        return next(importlib.metadata.distributions(name=self.name, path=paths)).version


def settings(*pairs):
    return tuple(Setting(*pair) for pair in pairs)


PEERS = (
    Peer("sidekiq", "sidekiq.rb", settings((2, 10), (1, 10), (2, 25)), "threads", "hiredis", "no", keeps=False, variables={"PEERS_DRIVER": "hiredis"}),
    Peer("taskiq-redis", "taskiq.py", settings((2, 100), (1, 100), (2, 500)), "tasks", "streams, uvloop, hiredis", "yes"),
    Peer("rq", "rq.py", settings((2, 1), (1, 1), (3, 1)), "", "SimpleWorker (no fork a job), hiredis", "no"),
    Peer("celery", "celery.py", settings((2, 1), (1, 10), (1, 1)), "threads", "prefetch 64, no gossip, mingle, heartbeat, hiredis", "no"),
    Peer("dramatiq", "dramatiq.py", settings((2, 8), (1, 8), (2, 2)), "threads", "hiredis", "yes"),
    Peer("bullmq", "bullmq.py", settings((2, 100), (1, 100), (2, 20)), "jobs", "uvloop, hiredis", "yes"),
    Peer("streaq", "streaq.py", settings((2, 100), (1, 100), (2, 32)), "tasks", "streams", "yes"),
)
