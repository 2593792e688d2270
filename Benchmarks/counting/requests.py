"""Submissions over HTTP to the API (`stepstream-bench serve`), many connections at once and one alone."""
import json
import socket

from counting.callgrind import Failure, counted_program

REQUEST = "request"
# What a count's name ends with, and how many connections send at once. More would take the server, fifty times as slow here, so long that it
# gave the store up for away.
CONNECTIONS = {"": 16, " alone": 1}
INPUT_BYTES = 200
WARM_UP = 256


def body():
    frame = len(json.dumps({"text": ""}, separators=(",", ":")))
    return json.dumps({"type": "benchmark", "input": {"text": "x" * (INPUT_BYTES - frame)}}, separators=(",", ":")).encode()


class Connection:
    """What a client does at least, so that it takes little of the machine; it is not counted."""

    def __init__(self, port):
        self.link = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.reply = self.link.makefile("rb")

    def send(self, request):
        self.link.sendall(request)

    def receive(self):
        status = self.reply.readline()
        if not status:
            raise Failure("The server ended before it answered.")
        length = 0
        while (line := self.reply.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        answer = self.reply.read(length)
        if not status.startswith(b"HTTP/1.1 202 ") or b'"status":"NotStarted"' not in answer:
            raise Failure(f"A submission was answered {status.decode().strip()!r}: {answer[:300].decode(errors='replace')}")

    def end(self):
        self.reply.close()
        self.link.close()


class Requests:
    """A server, and what it is asked."""

    def __init__(self, store, folder, operations, suffix):
        self.names, self.operations, self.suffix = {REQUEST + suffix: REQUEST}, operations, suffix
        self.counted = counted_program(["serve", "--redis", f"unix://{store.socket}"], folder)
        self.connections = []
        self.request = (
            "POST /v1/operations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body())}\r\n\r\n"
        ).encode() + body()

    def command(self, name):
        return "evalsha"

    def prepare(self, name):
        """Connections, scripts and the definition are there, and what is made once has been made."""
        line = self.counted.process.stdout.readline()
        if not line.startswith("port "):
            raise Failure(f"The server said {line!r} instead of its port." if line else "The server ended before it listened.")
        self.connections = [Connection(int(line.split()[1])) for _ in range(CONNECTIONS[self.suffix])]
        # The first time everything takes longest: one by one.
        self.submit(WARM_UP // 4, self.connections[:1])
        self.submit(WARM_UP, self.connections)

    def work(self, name):
        self.submit(self.operations, self.connections)

    def submit(self, operations, connections):
        try:
            for _ in range(operations // len(connections)):
                for connection in connections:
                    connection.send(self.request)
                for connection in connections:
                    connection.receive()
        except OSError as error:
            raise Failure(f"The server ended, or took too long: {error}") from error

    def leave(self, name):
        for connection in self.connections:
            connection.end()

    def check(self):
        """Each was answered with what it was accepted as."""
