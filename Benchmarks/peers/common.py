"""What the programs of the peers written in Python have in common: the no-op job's mark, and the commands `enqueue N`,
`batches N`, `latency FIRST COUNT RATE` and `work PROCESSES CONCURRENCY`."""
import asyncio
import functools
import mmap
import os
import sys
import time

SOCKET = os.environ.get("PEERS_SOCKET", "")
CONCURRENCY = int(os.environ.get("PEERS_CONCURRENCY", "1"))
RESULTS = os.environ.get("PEERS_RESULTS") == "1"
# As large as the input of the operations that stepstream-bench submits.
PAYLOAD = "x" * 200
BATCH = 64  # what stepstream-bench has in flight


@functools.cache
def slots():
    """One number a job in memory that all processes share: counting costs Redis nothing, and no lock is needed."""
    with open(os.environ["PEERS_SLOTS"], "r+b") as file:
        return memoryview(mmap.mmap(file.fileno(), 0)).cast("Q")


def ran(number, sent):
    """All that a job does. `sent` is 0 in a drain, so that the slot is the time of the start; else the slot is the latency."""
    slots()[number] = time.monotonic_ns() - sent


def schedule(first, count, rate):
    """Yields the numbers of an open loop and how long to sleep before each: a slow call does not slow the next one's schedule."""
    begun = time.monotonic()
    for index in range(count):
        yield first + index, max(0, begun + index / rate - time.monotonic())


def batches(count):
    """The arguments of `count` jobs, 64 together."""
    for first in range(0, count, BATCH):
        yield [(number, 0, PAYLOAD) for number in range(first, min(first + BATCH, count))]


def arguments():
    command, *words = sys.argv[1:]
    return command, [int(word) for word in words]


def main(send, work, send_all=None):
    """For a peer with blocking calls: `send(number, sent, payload)` enqueues one job, `send_all` a list of such triples."""
    command, numbers = arguments()
    if command == "work":
        return work(*numbers)
    if command == "latency":
        for number, pause in schedule(*numbers):
            time.sleep(pause)
            send(number, time.monotonic_ns(), PAYLOAD)
        return None
    begun = time.monotonic()
    if command == "batches":
        for jobs in batches(*numbers):
            send_all(jobs)
    else:
        for number in range(*numbers):
            send(number, 0, PAYLOAD)
    return print(time.monotonic() - begun)


def main_async(connected, work):
    """The same for a peer with awaited calls: `connected()` is an asynchronous context that gives `send` and `send_all`."""
    command, numbers = arguments()
    if command == "work":
        return work(*numbers)

    async def run():
        async with connected() as (send, send_all):
            if command == "latency":
                for number, pause in schedule(*numbers):
                    await asyncio.sleep(pause)
                    await send(number, time.monotonic_ns(), PAYLOAD)
                return
            begun = time.monotonic()
            if command == "batches":
                for jobs in batches(*numbers):
                    await send_all(jobs)
            else:
                for number in range(*numbers):
                    await send(number, 0, PAYLOAD)
            print(time.monotonic() - begun)

    import uvloop

    return uvloop.run(run())


def become(program, *words):
    """Turns this process into the peer's own command of the same environment."""
    path = os.path.join(os.path.dirname(sys.executable), program)
    os.execv(path, [path, *map(str, words)])
