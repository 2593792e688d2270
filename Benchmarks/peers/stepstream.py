"""Stepstream's own row, out of stepstream-bench: it starts a Redis of its own with the same persistence, and submits with 64 in flight."""
import json
import subprocess

from peers.measure import Round
from peers.store import Failure, environment

WANTED = {
    "enqueued": ("Submit from", "submitted"), "drained": ("Drain by", "drained"), "p50": ("Latency", "p50"), "p99": ("Latency", "p99"),
}


def measure(bench, jobs):
    if not bench.exists():
        raise Failure("build it first: swift build -c release --product stepstream-bench")
    command = [bench, "--json", "--only", "throughput", "--only", "latency", "--rounds", "1", "--operations", str(jobs)]
    try:
        done = subprocess.run(command, env=environment({}), capture_output=True, text=True, timeout=180, check=True)
    except subprocess.TimeoutExpired:
        raise Failure("stepstream-bench took more than 180 s") from None
    except subprocess.CalledProcessError as error:
        raise Failure(f"stepstream-bench ended with {error.returncode}: {error.stderr.strip()[-300:]}") from None
    return round_of(json.loads(done.stdout)["measures"])


def round_of(measures):
    found = {}
    for field, (section, name) in WANTED.items():
        values = [one["median"] for one in measures if one["section"].startswith(section) and one["name"] == name]
        if len(values) != 1:
            raise Failure(f"stepstream-bench gave {len(values)} values of {section} {name}")
        found[field] = values[0]
    return Round(**found)
