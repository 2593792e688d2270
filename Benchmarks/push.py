#!/usr/bin/env python3
"""Measures what watching and webhooks cost: connections held and their memory, the way of an event to its client, webhooks delivered, and
what an unwatched operation pays.

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

from rig import ROOT, encoded, redis_server


class Redis:
    """As much of a client as is needed: commands as RESP, one at a time or in a row without looking at the answers."""

    @classmethod
    async def open(cls, path):
        self = cls()
        self.reader, self.writer = await asyncio.open_unix_connection(path, limit=1 << 20)
        return self

    def send(self, *words):
        self.writer.write(encoded(*words))

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
    """A Redis and an API server, for as long as the block lasts; callbacks may go to the ports of `receivers`."""

    def __init__(self, receivers=()):
        self.receivers = receivers

    async def __aenter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="stepstream-push-")
        path = pathlib.Path(self.folder.name)
        self.socket = str(path / "redis.sock")
        self.redis = redis_server(self.folder.name, self.socket)
        (path / "operations").mkdir()
        (path / "operations/idle.yaml").write_text('type: idle\nsteps:\n  - name: wait\n    handler: { http: { url: "http://127.0.0.1:9/" } }\n')
        environment = {
            "PATH": os.environ["PATH"], "STEPSTREAM_REDIS_URL": "unix://" + self.socket, "STEPSTREAM_HTTP_WATCHERS": "100000",
            "STEPSTREAM_HTTP_WATCHERS_PER_ADDRESS": "100000", "STEPSTREAM_HTTP_WATCHERS_PER_CALLER": "100000",
            "STEPSTREAM_HTTP_CONNECTIONS": "100000",
            "STEPSTREAM_DEFINITIONS_FOLDER": str(path / "operations"), "STEPSTREAM_WEBHOOKS_SCHEME": "http",
            "STEPSTREAM_WEBHOOKS_PORTS": ",".join(map(str, self.receivers)) or "9", "STEPSTREAM_WEBHOOKS_ALLOW": "127.0.0.0/8",
            "STEPSTREAM_WEBHOOKS_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        }
        program = os.environ.get("STEPSTREAM_PROGRAM", str(ROOT / ".build/release/stepstream"))
        self.command = lambda *words: ([program, *words], environment)
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
            event = f'{2 + number // watchers} 0 step.progress {{"sent":{time.monotonic_ns()}}}'
            redis.send("PUBLISH", "stepstream:{0}:events:" + operations[number % watchers], event)
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


class Receiver(asyncio.Protocol):
    """Answers each POST with 204, and counts."""

    count = 0

    def connection_made(self, transport):
        self.transport, self.rest = transport, b""

    def data_received(self, data):
        self.rest += data
        while (end := self.rest.find(b"\r\n\r\n")) >= 0:
            length = int(re.search(rb"(?i)content-length: *(\d+)", self.rest[:end])[1])
            if len(self.rest) < end + 4 + length:
                return
            self.rest = self.rest[end + 4 + length :]
            Receiver.count += 1
            self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")


async def tell(count, receivers):
    """So many callbacks that wait, at so many receivers: how fast one worker delivers them."""
    servers = [await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", 0) for _ in range(receivers)]
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    async with Stand(ports) as stand:
        for start in range(0, count, 500):
            lines = [
                json.dumps({"type": "idle", "callback": {"url": f"http://127.0.0.1:{ports[number % receivers]}/", "events": ["stepstream.operation.accepted"]}})
                for number in range(start, min(start + 500, count))
            ]
            request = urllib.request.Request(
                f"http://127.0.0.1:{stand.port}/v1/operations:batch", "\n".join(lines).encode(), {"Content-Type": "application/x-ndjson"}
            )
            with urllib.request.urlopen(request, timeout=60) as answer:
                if answer.read().count(b'"status":202') != len(lines):
                    raise RuntimeError("A callback was not accepted.")
        Receiver.count = 0
        command, environment = stand.command("work", "--queues", "none")
        worker = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        while Receiver.count < count // 10:
            await asyncio.sleep(0.001)
        first, begin, used = Receiver.count, time.monotonic(), cpu(worker.pid)
        while Receiver.count < count:
            await asyncio.sleep(0.001)
        seconds, used = time.monotonic() - begin, cpu(worker.pid) - used
        worker.kill()
        worker.wait()
    for server in servers:
        server.close()
    each = count - first
    return {"webhooks delivered, /s": each / seconds, "CPU of the worker a webhook, µs": used / each * 1e6}


def cpu(pid):
    """Seconds of CPU used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def unwatched():
    """What the messages of an operation of one step cost inside its scripts when nobody listens: one each for submit, begin and commit."""
    async with Stand() as stand:
        redis = await Redis.open(stand.socket)
        await redis.call("CONFIG", "RESETSTAT")
        line = '4 1767323045678 step.succeeded {"step":"charge"}'
        count = 100_000
        loop = "for i = 1, %d do local channel = KEYS[1] .. i %s end return 1"
        call = " redis.call('PUBLISH', channel, ARGV[%d])"
        seconds = []
        for script in (loop % (count, ""), loop % (count, call % 1 + call % 2 + call % 2)):
            begin = time.monotonic()
            await redis.call("EVAL", script, 1, "stepstream:{0}:events:0197c0de-0000-7000-8000-", line, line + "\n" + line)
            seconds.append(time.monotonic() - begin)
        stats = await redis.call("INFO", "commandstats")
        inside = float(re.search(r"cmdstat_publish:.*usec_per_call=([\d.]+)", stats)[1])
        each = (seconds[1] - seconds[0]) / count * 1e6
        return {"an operation of one step nobody watches, µs of Redis": each, "of it inside PUBLISH, µs": 3 * inside}


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
        parts = [
            hold(held), deliver(100 if options.quick else 1000, 1000, 2 if options.quick else 10),
            tell(500 if options.quick else 20_000, 10), unwatched(),
        ]
        for part in parts:
            for name, value in (await part).items():
                values.setdefault(name, []).append(value)
                print(f"{name}: {value:.4g}", file=sys.stderr, flush=True)
    if options.json:
        print(json.dumps({"cores": os.cpu_count(), "rounds": rounds, "figures": values}, ensure_ascii=False))
        return
    print(f"{'Push: one API process, one worker':<60}  median   min - max")
    for name, list_ in values.items():
        print(f"  {name:<56} {median(list_):9.4g}   {min(list_):.4g} - {max(list_):.4g}")


asyncio.run(main())
