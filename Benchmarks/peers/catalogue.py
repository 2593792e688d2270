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
    survives: str  # whether a job that runs is run again after kill -9 of its worker; README.md has the sources
    batches: bool = True  # whether it has a way to enqueue many
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
    Peer(
        "sidekiq", "sidekiq.rb", settings((2, 5), (2, 10), (1, 10)), "threads", "hiredis", "no", keeps=False,
        variables={"PEERS_DRIVER": "hiredis"},
    ),
    Peer("taskiq-redis", "taskiq.py", settings((2, 100), (1, 100), (2, 500)), "tasks", "streams, uvloop, hiredis, no parsing", "after 10 min"),
    Peer("rq", "rq.py", settings((4, 1), (2, 1), (3, 1)), "", "SimpleWorker (no fork a job), hiredis", "only with Retry"),
    Peer(
        "celery", "celery.py", settings((2, 1), (3, 1), (1, 10)), "threads", "prefetch 64, no gossip, mingle, heartbeat, hiredis",
        "only with acks_late, after 1 h", batches=False,
    ),
    Peer("dramatiq", "dramatiq.py", settings((2, 16), (2, 8), (1, 16)), "threads", "hiredis", "after 1 min", batches=False),
    Peer("bullmq", "bullmq.py", settings((3, 50), (2, 100), (1, 100)), "jobs", "uvloop, hiredis", "after 30 to 60 s, once"),
    Peer("streaq", "streaq.py", settings((2, 32), (2, 100), (1, 32)), "tasks", "streams, uvloop", "after 1 min"),
)
