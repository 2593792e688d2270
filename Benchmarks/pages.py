#!/usr/bin/env python3
"""Measures how long the pages of the dashboard and the lists of the API take while the store holds many operations.

Starts a redis-server, an API server and a worker of its own (.build/release/stepstream) and needs nothing beyond Python. Exit status 1 if
a page takes more than 100 ms (median of 20), if a command takes Redis more than 5 ms, or if Redis was scanned. docs/dashboard.md shows a table.
"""
import argparse
import http.client
import http.server
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

from rig import ROOT, free_port, redis, redis_server, tell

LIMIT = 100  # ms
BATCH = 1000
WAITING = ("parcel", "refund", "letter")
DEFINITION = """type: {kind}
steps:
  - name: work
    queue: {queue}
    handler: {{ http: {{ url: "http://127.0.0.1:{port}/{kind}" }} }}
    retry: {{ attempts: 1 }}
"""


class Handler(http.server.BaseHTTPRequestHandler):
    """Does what is asked at once; `reject` is refused for good."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(422 if self.path == "/reject" else 200)
        body = b"{}"
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Client:
    """One connection to the API server."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def get(self, path, accept="*/*"):
        self.connection.request("GET", path, headers={"accept": accept})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status not in (200, 303):
            raise SystemExit(f"{path} was answered {answer.status}: {body[:300]!r}")
        return body

    def submit(self, lines):
        self.connection.request(
            "POST", "/v1/operations:batch", "\n".join(lines) + "\n", {"content-type": "application/x-ndjson", "accept": "application/x-ndjson"}
        )
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200 or b'"status":202' not in body.split(b"\n", 1)[0].replace(b" ", b""):
            raise SystemExit(f"A batch was answered {answer.status}: {body[:300]!r}")
        return body


def fill(port, total):
    """Operations of every kind: most wait, some have ended, some have failed."""
    client, started = Client(port), time.monotonic()
    few = min(3000, total // 10)
    kinds = ["ready"] * few + ["reject"] * (few // 3)
    sent = 0
    while sent < total:
        lines = []
        for _ in range(min(BATCH, total - sent)):
            # The rare ones are spread over all, so that they are found deep in lists too.
            kind = WAITING[sent % 3] if kinds == [] or sent % (total // (len(kinds) + 1) + 1) else kinds.pop()
            lines.append(json.dumps({"type": kind, "input": {"number": sent, "text": "x" * 180}}))
            sent += 1
        client.submit(lines)
        if sent % 20_000 == 0:
            tell(f"{sent:,} of {total:,} submitted, {sent / (time.monotonic() - started):,.0f}/s")
    return sent


def paths(client):
    """What is asked for, by name: every page and list, and pages deep in."""
    first = json.loads(client.get("/v1/operations?page-size=1"))["operations"][0]["id"]
    found = {
        "overview": "/",
        "operations": "/dashboard/operations",
        "operations, live": "/dashboard/operations?status=live",
        "operations, failed": "/dashboard/operations?status=Failed",
        "operations, succeeded": "/dashboard/operations?status=Succeeded",
        "operations of a rare type": "/dashboard/operations?type=reject",
        "operations of the last hour": "/dashboard/operations?since=hour",
        "search for an ID": f"/dashboard/operations?id={first}",
        "one operation": f"/dashboard/operations/{first}",
        "attention": "/dashboard/attention",
        "queues": "/dashboard/queues",
        "one queue": "/dashboard/queues/later",
        "webhooks": "/dashboard/webhooks",
        "topology": "/dashboard/topology",
        "API: operations, 100": "/v1/operations?page-size=100",
        "API: failed": "/v1/operations?status=Failed&page-size=100",
        "API: a rare type": "/v1/operations?type=reject&page-size=100",
        "API: attention": "/v1/operations?attention=true&page-size=100",
        "API: one operation": f"/v1/operations/{first}",
        "API: its explanation": f"/v1/operations/{first}/explain",
        "API: queues": "/v1/queues",
        "API: counts": "/v1/counts?minutes=60",
        "readiness": "/readyz",
        "metrics": "/metrics",
    }
    path = found["operations"]
    for _ in range(40):
        older = re.search(rb'href="([^"]+)" rel="next"', client.get(path))
        if not older:
            break
        path = older[1].decode().replace("&amp;", "&")
    found["operations, page 41"] = path
    token, size = None, 100
    for _ in range(200):
        page = json.loads(client.get(f"/v1/operations?page-size={size}" + (f"&page-token={token}" if token else "")))
        token = page["nextPageToken"]
        if not token:
            break
    if token:
        found["API: operations, page 201"] = f"/v1/operations?page-size={size}&page-token={token}"
    return found


def run(total, rounds):
    program = ROOT / ".build/release/stepstream"
    if not program.exists():
        raise SystemExit("Build it first: swift build -c release --product stepstream")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    children = []
    with tempfile.TemporaryDirectory(prefix="stepstream-pages-") as folder:
        path, store = pathlib.Path(folder), folder + "/redis.sock"
        try:
            settings = [line.split() for line in (ROOT / "config/redis.conf").read_text().splitlines() if re.match(r"(hash|stream)-", line)]
            options = [word for name, value in settings for word in (f"--{name}", value)]
            children.append(redis_server(folder, store, *options))
            (path / "operations").mkdir()
            for kind in (*WAITING, "ready", "reject"):
                queue = "later" if kind in WAITING else "now"
                (path / f"operations/{kind}.yaml").write_text(DEFINITION.format(kind=kind, queue=queue, port=server.server_port))
            port = free_port()
            environment = {
                "PATH": os.environ["PATH"], "STEPSTREAM_REDIS_URL": "unix://" + store, "STEPSTREAM_HTTP_PORT": str(port),
                "STEPSTREAM_DEFINITIONS_FOLDER": str(path / "operations"), "STEPSTREAM_LOG_LEVEL": "error",
            }
            for command in (["serve"], ["work", "--queues", "now"]):
                children.append(subprocess.Popen([program, *command], env=environment, cwd=folder))
            wait_for(lambda: Client(port).get("/healthz"))
            fill(port, total)
            client = Client(port)
            wait_for(lambda: [q["waiting"] + q["inFlight"] for q in json.loads(client.get("/v1/queues"))["queues"] if q["queue"] == "now"] == [0])
            wanted = paths(client)
            redis(store, "CONFIG", "SET", "slowlog-log-slower-than", "5000")
            redis(store, "SLOWLOG", "RESET")
            redis(store, "CONFIG", "RESETSTAT")
            rows = []
            for name, address in wanted.items():
                times = []
                for _ in range(rounds):
                    begun = time.perf_counter()
                    client.get(address, "text/html" if address.startswith(("/dashboard", "/?")) or address == "/" else "*/*")
                    times.append((time.perf_counter() - begun) * 1000)
                rows.append((name, sorted(times)[len(times) // 2], max(times)))
                tell(f"{name}: {rows[-1][1]:.1f} ms")
            # The reconciler of the worker goes round the live operations by ZSCAN, some hundred at a time; that is no page's doing.
            scans = re.findall(r"cmdstat_(keys|scan|hscan|sscan):", redis(store, "INFO", "commandstats"))
            return rows, scans, int(redis(store, "SLOWLOG", "LEN")), int(redis(store, "ZCARD", "stepstream:{0}:live"))
        finally:
            for child in reversed(children):
                child.send_signal(signal.SIGTERM)
            for child in reversed(children):
                child.wait()
            server.shutdown()


def wait_for(condition):
    for _ in range(1200):
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("It did not come to that within two minutes.")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    choices = parser.parse_args()
    rows, scans, slow, live = run(choices.operations, choices.rounds)
    rows.sort(key=lambda row: -row[1])
    if choices.json:
        print(json.dumps({"live": live, "slow": slow, "scans": scans, "milliseconds": {name: [median, most] for name, median, most in rows}}))
    else:
        print(f"\n{live:,} live operations, {choices.rounds} requests each, over one connection      median       max")
        for name, median, most in rows:
            print(f"  {name:<62}{median:8.1f} ms{most:8.1f} ms")
        print(f"  commands of Redis over 5 ms: {slow}; scans of it: {len(scans)}")
    sys.exit(1 if scans or slow or any(median > LIMIT for _, median, _ in rows) else 0)


if __name__ == "__main__":
    main()
