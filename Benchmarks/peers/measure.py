"""One round of one peer: enqueue, drain, latency, each against the same fresh Redis."""
import array
import dataclasses
import math
import mmap
import statistics
import sys
import time

from peers import store as stores
from rig import tell

RATE = 50  # jobs a second while latency is measured
DRAIN = 120  # seconds: the slowest need half of it for 20,000 jobs


@dataclasses.dataclass(frozen=True)
class Setting:
    processes: int
    concurrency: int

    def words(self, unit):
        processes = f"{self.processes} process{'es' if self.processes > 1 else ''}"
        return f"{processes} × {self.concurrency} {unit}" if unit else processes


@dataclasses.dataclass(frozen=True)
class Round:
    enqueued: float | None  # jobs/s, one by one
    batched: float | None  # jobs/s, 64 together
    drained: float  # jobs/s
    p50: float  # ms
    p99: float  # ms


class Slots:
    """The file in which each job marks that it ran."""

    def __init__(self, path, count):
        with open(path, "w+b") as file:
            file.truncate(count * 8)
            self.memory = mmap.mmap(file.fileno(), 0)

    def values(self, first, count):
        return array.array("Q", self.memory[first * 8 : (first + count) * 8])


def command(peer, *words):
    if peer.file.endswith(".rb"):
        return ["ruby", str(stores.HERE / peer.file), *map(str, words)]
    return [str(stores.VENV / "bin/python3"), "-m", "peers." + peer.file.removesuffix(".py"), *map(str, words)]


def drain(store, slots, jobs, worker):
    """Waits until all have run, or until none has for five seconds, and gives jobs/s from the first start to the last."""
    seen, since = 0, time.monotonic()
    limit = since + DRAIN
    while seen < jobs:
        time.sleep(0.02)
        now = time.monotonic()
        ran = jobs - slots.values(0, jobs).count(0)
        since, seen = (now if ran > seen else since), ran
        if worker.poll() is not None:
            raise stores.Failure(f"the worker ended with {worker.returncode}: {store.last('work')}")
        if now > limit or (seen and now - since > 5):
            lost = f"{jobs - seen:,} of {jobs:,} jobs had not run"
            raise stores.Failure(f"{lost} after {now - limit + DRAIN:.0f} s; {store.last('work')}")
    times = slots.values(0, jobs)
    return jobs / ((max(times) - min(times)) / 1e9)


def seconds(peer, word, jobs, variables, store):
    """How long the peer's program says that it took."""
    output = stores.call(command(peer, word, jobs), variables, store, word)
    try:
        return float(output.splitlines()[-1])
    except (IndexError, ValueError):
        raise stores.Failure(f"{word} did not say how long it took: {store.last(word)}") from None


def batches(peer, jobs, variables, store, worker):
    """Jobs/s, as many jobs again in lots of 64; the worker is ended before, so that nothing else is done meanwhile."""
    stores.stop(worker)
    return jobs / seconds(peer, "batches", jobs, variables, store)


def measure(peer, setting, results, jobs, samples):
    """One round; without samples only what is needed to compare settings."""
    with stores.fresh() as store:
        path = store.folder + "/slots"
        slots = Slots(path, jobs + samples)
        variables = {
            "PEERS_SOCKET": store.socket, "PEERS_SLOTS": path, "PEERS_RESULTS": str(int(results)), **peer.variables,
            "PEERS_CONCURRENCY": str(setting.concurrency),
        }
        enqueued = jobs / seconds(peer, "enqueue", jobs, variables, store)
        worker = store.start(command(peer, "work", setting.processes, setting.concurrency), variables, "work")
        drained = drain(store, slots, jobs, worker)
        if not samples:
            return Round(enqueued, None, drained, 0, 0)
        # What follows the last job, such as acknowledging, is not to be in the first samples.
        time.sleep(1)
        stores.call(command(peer, "latency", jobs, samples, RATE), variables, store, "latency")
        store.wait(lambda: not slots.values(jobs, samples).count(0), "the jobs at a fixed rate had not all run", worker)
        late = sorted(value / 1e6 for value in slots.values(jobs, samples))
        batched = batches(peer, jobs, variables, store, worker) if peer.batches else None
        return Round(enqueued, batched, drained, statistics.median(late), late[math.ceil(samples * 0.99) - 1])


def best(peer, jobs):
    """The setting that drains fastest. One that fails is none to choose; if all do, the first one's failure is the reason."""
    found, failures = [], []
    for setting in peer.settings:
        try:
            found.append((measure(peer, setting, False, jobs, 0).drained, setting))
            tell(f"{peer.name}: {setting.words(peer.unit)}: {found[-1][0]:,.0f} jobs/s")
        except stores.Failure as failure:
            failures.append(failure)
            print(f"{peer.name}: {setting.words(peer.unit)}: {failure}", file=sys.stderr)
    if not found:
        raise failures[0]
    return max(found, key=lambda pair: pair[0])[1]
