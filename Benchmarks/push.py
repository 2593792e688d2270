#!/usr/bin/env python3
"""Measures what watching costs: connections held and their memory, the way of an event to its client, and what an unwatched operation pays.

Starts a redis-server and an API server of its own (.build/release/stepstream) and needs nothing beyond Python. docs/performance.md explains
the table.
"""
import argparse
import asyncio
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Redis:
    """As much of a client as is needed: commands as RESP, one at a time or in a row without looking at the answers."""

    @classmethod
    async def open(cls, path):
        self = cls()
        self.reader, self.writer = await asyncio.open_unix_connection(path, limit=1 << 20)
        return self

    def send(self, *words):
        parts = [b"*%d\r\n" % len(words)]
        for word in words:
            data = str(word).encode()
            parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
        self.writer.write(b"".join(parts))

    async def call(self, *words):
        self.send(*words)
        line = await self.reader.readline()
        if line[:1] == b"-":
            raise RuntimeError(line.decode())
        if line[:1] == b"$":
            return (await self.reader.readexactly(int(line[1:]) + 2))[:-2].decode()
        return line[1:].strip().decode()


def memory(pid):
    """Resident bytes."""
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()


def median(values):
    return sorted(values)[len(values) // 2]


class Stand:
    """A Redis and an API server, for as long as the block lasts."""

    async def __aenter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="stepstream-push-")
        path = pathlib.Path(self.folder.name)
        self.socket = str(path / "redis.sock")
        self.redis = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--save", "", "--dir", self.folder.name],
            stdout=subprocess.DEVNULL,
        )
        (path / "operations").mkdir()
        (path / "operations/idle.yaml").write_text('type: idle\nsteps:\n  - name: wait\n    handler: { http: { url: "http://127.0.0.1:9/" } }\n')
        environment = {
            "PATH": os.environ["PATH"], "STEPSTREAM_REDIS_URL": "unix://" + self.socket, "STEPSTREAM_HTTP_WATCHERS": "100000",
            "STEPSTREAM_HTTP_WATCHERS_PER_ADDRESS": "100000", "STEPSTREAM_HTTP_CONNECTIONS": "100000",
            "STEPSTREAM_DEFINITIONS_FOLDER": str(path / "operations"),
        }
        program = os.environ.get("STEPSTREAM_PROGRAM", str(ROOT / ".build/release/stepstream"))
        self.server = subprocess.Popen([program, "serve", "--port", "0"], env=environment, stderr=subprocess.PIPE, text=True)
        for line in self.server.stderr:
            if match := re.search(r"address=http://127\.0\.0\.1:(\d+)", line):
                self.port = int(match[1])
                break
        else:
            self.redis.terminate()
            raise RuntimeError("The server ended before it listened.")
        # What it says later is read away, so that it never waits for us.
        self.rest = asyncio.get_running_loop().run_in_executor(None, self.server.stderr.read)
        return self

    async def __aexit__(self, *_):
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()
        self.redis.terminate()
        self.redis.wait()
        await self.rest
        self.folder.cleanup()

    def get(self, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def submit(self):
        return json.loads(self.get("/v1/operations", {"type": "idle"}))["id"]

    async def watch(self, operation):
        """Opens a stream and reads its snapshot."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"GET /v1/operations/{operation}/events HTTP/1.1\r\nHost: h\r\n\r\n".encode())
        while not (line := await reader.readline()).startswith(b"event: snapshot"):
            if not line:
                raise RuntimeError("The stream ended.")
        return reader, writer


async def hold(count):
    """So many watchers of one operation: how many stand, and the memory of each."""
    async with Stand() as stand:
        operation = stand.submit()
        first = await stand.watch(operation)
        before, begin, streams = memory(stand.server.pid), time.monotonic(), [first]
        for start in range(0, count, 100):
            streams += await asyncio.gather(*(stand.watch(operation) for _ in range(start, min(start + 100, count))))
        seconds = time.monotonic() - begin
        each = (memory(stand.server.pid) - before) / count
        for _, writer in streams:
            writer.transport.abort()
        return {"watchers held": len(streams) - 1, "memory a watcher, KiB": each / 1024, "opened, /s": count / seconds}


async def deliver(watchers, rate, seconds):
    """Each watches an operation of its own; events are published as the scripts do it. From PUBLISH to the client's read."""
    async with Stand() as stand:
        operations = [stand.submit() for _ in range(watchers)]
        streams = [await stand.watch(operation) for operation in operations]
        redis = await Redis.open(stand.socket)
        latencies = []

        async def listen(reader):
            while line := await reader.readline():
                if line.startswith(b"data: ") and b'"sent":' in line:
                    latencies.append(time.monotonic_ns() - int(re.search(rb'"sent":(\d+)', line)[1]))

        async def drain():
            while await redis.reader.readline():
                pass

        tasks = [asyncio.create_task(listen(reader)) for reader, _ in streams] + [asyncio.create_task(drain())]
        begin, total = time.monotonic(), rate * seconds
        for number in range(total):
            if (ahead := begin + number / rate - time.monotonic()) > 0.001:
                await asyncio.sleep(ahead)
            event = {"sequence": 2 + number // watchers, "time": 0, "type": "step.progress", "data": {"sent": time.monotonic_ns()}}
            redis.send("PUBLISH", "stepstream:{0}:events:" + operations[number % watchers], json.dumps(event, separators=(",", ":")))
        end = time.monotonic() + 30
        while len(latencies) < total and time.monotonic() < end:
            await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
        for _, writer in streams:
            writer.transport.abort()
        ordered = sorted(latencies)
        return {
            "events delivered, %": 100 * len(ordered) / total,
            "event to client p50, ms": ordered[len(ordered) // 2] / 1e6,
            "event to client p99, ms": ordered[len(ordered) * 99 // 100] / 1e6,
        }


async def unwatched():
    """What PUBLISH costs inside a script when nobody listens."""
    async with Stand() as stand:
        redis = await Redis.open(stand.socket)
        await redis.call("CONFIG", "RESETSTAT")
        event = '{"sequence":4,"time":1767323045678,"type":"step.succeeded","data":{"step":"charge"}}'
        script = "for i = 1, 200000 do redis.call('PUBLISH', KEYS[1] .. i, ARGV[1]) end return 1"
        begin = time.monotonic()
        await redis.call("EVAL", script, 1, "stepstream:{0}:events:", event)
        each = (time.monotonic() - begin) / 200_000 * 1e6
        stats = await redis.call("INFO", "commandstats")
        inside = float(re.search(r"cmdstat_publish:.*usec_per_call=([\d.]+)", stats)[1])
        return {"an event nobody watches, µs of Redis": each, "of it inside PUBLISH, µs": inside}


async def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="a short run, to see whether it works")
    parser.add_argument("--json", action="store_true", help="print JSON, with the values of all rounds")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    rounds = 1 if options.quick else 3
    held = 500 if options.quick else 10_000
    values: dict[str, list[float]] = {}
    for _ in range(rounds):
        parts = [hold(held), deliver(100 if options.quick else 1000, 1000, 2 if options.quick else 10), unwatched()]
        for part in parts:
            for name, value in (await part).items():
                values.setdefault(name, []).append(value)
                print(f"{name}: {value:.4g}", file=sys.stderr, flush=True)
    if options.json:
        print(json.dumps({"cores": os.cpu_count(), "rounds": rounds, "figures": values}, ensure_ascii=False))
        return
    print(f"{'Push: Server-Sent Events on one API process':<60}  median   min - max")
    for name, list_ in values.items():
        print(f"  {name:<56} {median(list_):9.4g}   {min(list_):.4g} - {max(list_):.4g}")


asyncio.run(main())
