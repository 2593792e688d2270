"""streaQ on streams."""
import contextlib

import streaq

from peers import common

worker = streaq.Worker(redis_url="unix://" + common.SOCKET, concurrency=common.CONCURRENCY, anyio_kwargs={"use_uvloop": True})


# `silent` keeps it from logging each job, as the other peers do not either.
@worker.task(name="job", ttl=3600 if common.RESULTS else 0, silent=True)
async def job(number, sent, payload):
    common.ran(number, sent)


@contextlib.asynccontextmanager
async def connected():
    async with worker:

        async def send_all(jobs):
            await worker.enqueue_many([job.enqueue(*one) for one in jobs])

        yield job.enqueue, send_all


def work(processes, _):
    common.become("streaq", "run", "peers.streaq:worker", "--workers", processes)


if __name__ == "__main__":
    common.main_async(connected, work)
