"""Requests over HTTP to the API (`stepstream-bench serve`): of many connections at once, and of one alone."""
import json
import socket

from counting.callgrind import Failure, counted_program

# What a count's name ends with, and how many connections send at once. More would take the server, fifty times as slow here, so long that it
# gave the store up for away.
CONNECTIONS = {"": 16, " alone": 1}
INPUT_BYTES = 200
BATCH = 64
WARM_UP = 256


def submission(kind="benchmark"):
    frame = len(json.dumps({"text": ""}, separators=(",", ":")))
    return json.dumps({"type": kind, "input": {"text": "x" * (INPUT_BYTES - frame)}}, separators=(",", ":")).encode()


def post(path, content_type, body):
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def get(path):
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


class Kind:
    """Requests of one kind: what each sends, how its answer looks, how many operations it is, how many come at once at most."""

    def __init__(self, name, words, request, status, answer, items=1, at_once=16, uses_redis=True):
        self.name, self.words, self.request, self.status, self.answer = name, words, request, status, answer
        self.items, self.at_once, self.uses_redis = items, at_once, uses_redis

    def check(self, status, body):
        if status != self.status or body.count(self.answer) != self.items:
            raise Failure(f"{self.name} was answered {status}: {body[:300].decode(errors='replace')}")


KINDS = (
    # Reads nothing and asks the store for nothing: what a request costs before it is one of ours.
    Kind("empty route", "an empty route of the same server", get("/healthz"), 200, b'"alive"', uses_redis=False),
    Kind(
        "request", "a request that submits", post("/v1/operations", "application/json", submission()), 202, b'"status":"NotStarted"'
    ),
    # One operation that was submitted before; which one is known only then.
    Kind("read", "a request that reads an operation", None, 200, b'"status":"NotStarted"'),
    Kind(
        "batch item", f"an item of a batch of {BATCH}",
        post("/v1/operations:batch", "application/x-ndjson", (submission() + b"\n") * BATCH), 200, b'"status":"NotStarted"', items=BATCH, at_once=1,
    ),
    # With its step, which does nothing: accepted, begun, committed. More at once keep the thread of the store so long that it passes for away.
    Kind(
        "sync submission", "a request whose sync step runs before the answer",
        post("/v1/operations", "application/json", submission("benchmark-sync")), 202, b'"phase":"done"', at_once=8,
    ),
)
COUNTED = [(kind, suffix) for suffix in CONNECTIONS for kind in KINDS if kind.items == 1 or suffix == ""]


class Connection:
    """What a client does at least, so that it takes little of the machine; it is not counted."""

    def __init__(self, port):
        self.link = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.reply = self.link.makefile("rb")

    def send(self, request):
        self.link.sendall(request)

    def receive(self):
        """Status, header fields in small letters, body."""
        line = self.reply.readline()
        if not line:
            raise Failure("The server ended before it answered.")
        fields = {}
        while (field := self.reply.readline().strip()) != b"":
            name, _, value = field.partition(b":")
            fields[name.lower()] = value.strip()
        if fields.get(b"transfer-encoding") == b"chunked":
            body = b""
            while (length := int(self.reply.readline(), 16)) > 0:
                body += self.reply.read(length)
                self.reply.readline()
            self.reply.readline()
        else:
            body = self.reply.read(int(fields.get(b"content-length", 0)))
        return int(line.split()[1]), fields, body

    def end(self):
        self.reply.close()
        self.link.close()


class Requests:
    """A server, and what it is asked: each kind after the other."""

    def __init__(self, store, folder, operations, suffix):
        self.names = {kind.name + suffix: kind for kind, of in COUNTED if of == suffix}
        self.operations, self.suffix, self.connections, self.path = operations, suffix, [], None
        self.counted = counted_program(["serve", "--redis", f"unix://{store.socket}"], folder)

    def command(self, name):
        return "hgetall" if self.names[name].name == "read" else "evalsha"

    def prepare(self, name):
        """Connections, scripts and the definition are there, and what is made once has been made."""
        if not self.connections:
            line = self.counted.process.stdout.readline()
            if not line.startswith("port "):
                raise Failure(f"The server said {line!r} instead of its port." if line else "The server ended before it listened.")
            self.connections = [Connection(int(line.split()[1])) for _ in range(CONNECTIONS[self.suffix])]
        # The first time everything takes longest: one by one.
        self.ask(self.names[name], max(WARM_UP // 4, self.names[name].items), self.connections[:1])
        self.ask(self.names[name], WARM_UP, self.connections)

    def work(self, name):
        self.ask(self.names[name], self.operations, self.connections)

    def ask(self, kind, operations, connections):
        connections = connections[:kind.at_once]
        request = kind.request or get(self.path)
        try:
            for _ in range(operations // kind.items // len(connections)):
                for connection in connections:
                    connection.send(request)
                for connection in connections:
                    status, fields, body = connection.receive()
                    kind.check(status, body)
        except OSError as error:
            raise Failure(f"The server ended, or took too long: {error}") from error
        if kind.name == "request":
            self.path = fields[b"location"].decode().removeprefix("http://127.0.0.1")

    def leave(self, name):
        if name == list(self.names)[-1]:
            for connection in self.connections:
                connection.end()

    def check(self):
        """Each was answered with what it was accepted as."""
