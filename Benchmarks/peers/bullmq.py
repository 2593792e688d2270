"""BullMQ's own port to Python."""
import asyncio
import contextlib
import subprocess
import sys

import bullmq

from peers import common

CONNECTION = "unix://" + common.SOCKET
# Kept for an hour, or removed at once: the two ways of its documentation.
KEPT = {"removeOnComplete": {"age": 3600} if common.RESULTS else True}


@contextlib.asynccontextmanager
async def connected():
    queue = bullmq.Queue("peers", {"connection": CONNECTION})

    async def send(number, sent, payload):
        await queue.add("job", {"number": number, "sent": sent, "payload": payload}, KEPT)

    async def send_all(jobs):
        await queue.addBulk([{"name": "job", "data": dict(zip(("number", "sent", "payload"), one)), "opts": KEPT} for one in jobs])

    yield send, send_all
    await queue.close()


async def process(job, _):
    common.ran(job.data["number"], job.data["sent"])


def work(processes, concurrency):
    others = [subprocess.Popen([sys.executable, "-m", "peers.bullmq", "work", "1", str(concurrency)]) for _ in range(processes - 1)]

    async def run():
        bullmq.Worker("peers", process, {"connection": CONNECTION, "concurrency": concurrency})
        await asyncio.Event().wait()

    import uvloop

    try:
        uvloop.run(run())
    finally:
        for other in others:
            other.terminate()


if __name__ == "__main__":
    common.main_async(connected, work)
