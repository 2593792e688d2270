"""taskiq with the stream broker of taskiq-redis."""
import asyncio
import contextlib

from taskiq_redis import RedisAsyncResultBackend, RedisStreamBroker

from peers import common

URL = "unix://" + common.SOCKET
broker = RedisStreamBroker(url=URL)
if common.RESULTS:
    broker = broker.with_result_backend(RedisAsyncResultBackend(redis_url=URL, result_ex_time=3600))


@broker.task(task_name="job")
async def job(number, sent, payload):
    common.ran(number, sent)


@contextlib.asynccontextmanager
async def connected():
    await broker.startup()

    # It has no call for many: as many calls at once, each over a connection of the pool.
    async def send_all(jobs):
        await asyncio.gather(*(job.kiq(*one) for one in jobs))

    yield job.kiq, send_all
    await broker.shutdown()


def work(processes, concurrency):
    common.become(
        "taskiq", "worker", "peers.taskiq:broker", "--workers", processes, "--max-async-tasks", concurrency,
        "--max-prefetch", concurrency, "--no-parse", "--no-configure-logging",
    )


if __name__ == "__main__":
    common.main_async(connected, work)
