"""Stepstream's own row, out of stepstream-bench: it starts a Redis of its own with the same persistence, and submits with 64 in flight."""
import json
import subprocess

from peers.measure import Round
from peers.store import Failure, environment, stop

PATIENCE = 120  # seconds for a round of all its sections

WANTED = {
    "batched": ("Submit from", "submitted"), "drained": ("Drain by", "begun, from the first start to the last"),
    "p50": ("Latency at 50/s", "to the start of the handler, p50"), "p99": ("Latency at 50/s", "to the start of the handler, p99"),
}


def measure(bench, jobs, samples):
    if not bench.exists():
        raise Failure("build it first: swift build -c release --product stepstream-bench")
    command = [bench, "--json", "--only", "throughput", "--only", "latency", "--rounds", "1", "--operations", str(jobs), "--samples", str(samples)]
    child = subprocess.Popen(
        command, env=environment({}), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        output, errors = child.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise Failure(f"stepstream-bench took more than {PATIENCE} s") from None
    finally:
        stop(child)
    if child.returncode:
        raise Failure(f"stepstream-bench ended with {child.returncode}: {errors.strip()[-300:]}")
    return round_of(json.loads(output)["measures"])


def round_of(measures):
    found = {}
    for field, (section, name) in WANTED.items():
        values = [one["median"] for one in measures if one["section"].startswith(section) and one["name"] == name]
        if len(values) != 1:
            raise Failure(f"stepstream-bench gave {len(values)} values of {section} {name}")
        found[field] = values[0]
    # One by one is not among what stepstream-bench measures.
    return Round(enqueued=None, **found)
