"""Celery with Redis as its broker."""
import celery

from peers import common

URL = "redis+socket://" + common.SOCKET
app = celery.Celery("peers", broker=URL, backend=URL if common.RESULTS else None)
app.conf.update(
    task_ignore_result=not common.RESULTS, worker_prefetch_multiplier=64, worker_hijack_root_logger=False, broker_connection_retry_on_startup=True,
    result_expires=3600,
)


@app.task(name="job")
def job(number, sent, payload):
    common.ran(number, sent)


def send(number, sent, payload):
    job.delay(number, sent, payload)


def work(processes, threads):
    # Prefork for one thread each, else one process of threads: Celery has no mixture.
    pool = ["--pool", "threads", "--concurrency", threads] if threads > 1 else ["--pool", "prefork", "--concurrency", processes]
    common.become(
        "celery", "--app", "peers.celery", "worker", *pool, "--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat",
    )


if __name__ == "__main__":
    common.main(send, work)
