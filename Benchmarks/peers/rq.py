"""RQ without a fork for each job, which is its fastest way to work."""
import redis
import rq

from peers import common

connection = redis.Redis(unix_socket_path=common.SOCKET)
queue = rq.Queue("default", connection=connection)
KEPT = 3600 if common.RESULTS else 0


def job(number, sent, payload):
    common.ran(number, sent)


def send(number, sent, payload):
    queue.enqueue(job, number, sent, payload, result_ttl=KEPT)


def send_all(jobs):
    queue.enqueue_many([rq.Queue.prepare_data(job, args=one, result_ttl=KEPT) for one in jobs])


def work(processes, _):
    common.become(
        "rq", "worker-pool", "--url", "unix://" + common.SOCKET, "--num-workers", processes, "--worker-class", "rq.worker.SimpleWorker",
        "--logging-level", "WARNING", "default",
    )


if __name__ == "__main__":
    import peers.rq

    # The job's name must be that of the module, not __main__'s.
    common.main(peers.rq.send, work, peers.rq.send_all)
