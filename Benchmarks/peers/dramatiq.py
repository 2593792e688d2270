"""Dramatiq with Redis as its broker."""
import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.results import Results
from dramatiq.results.backends import RedisBackend

from peers import common

URL = "unix://" + common.SOCKET
broker = RedisBroker(url=URL)
if common.RESULTS:
    broker.add_middleware(Results(backend=RedisBackend(url=URL), result_ttl=3_600_000))
dramatiq.set_broker(broker)


@dramatiq.actor(actor_name="job", **({"store_results": True} if common.RESULTS else {}))
def job(number, sent, payload):
    common.ran(number, sent)


def send(number, sent, payload):
    job.send(number, sent, payload)


def work(processes, threads):
    common.become("dramatiq", "peers.dramatiq", "--processes", processes, "--threads", threads)


if __name__ == "__main__":
    common.main(send, work)
