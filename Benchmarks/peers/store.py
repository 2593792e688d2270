"""A redis-server for one round, and the programs that are run beside it."""
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time

from rig import ROOT, free_port

HERE = pathlib.Path(__file__).resolve().parent
VENV = ROOT / ".build/peers"
LIMIT = 60  # seconds a phase may take


class Failure(Exception):
    """Why a peer has no figures."""


class Store:
    """Redis with everysec, as Stepstream's own benchmark starts it: no round pays for the rewriting of another's AOF."""

    def __init__(self, folder):
        self.folder, self.port, self.socket = folder, free_port(), folder + "/redis.sock"
        self.children = []
        options = {
            "port": self.port, "bind": "127.0.0.1", "unixsocket": self.socket, "dir": folder, "save": "", "appendonly": "yes",
            "appendfsync": "everysec", "auto-aof-rewrite-percentage": "0",
        }
        self.start(["redis-server", *(word for name, value in options.items() for word in (f"--{name}", str(value)))], {}, "redis")
        self.wait(self.answers, "redis-server did not start")

    def answers(self):
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as link:
            link.connect(self.socket)
            link.sendall(b"PING\r\n")
            return link.recv(5).startswith(b"+PONG")

    def start(self, command, variables, name):
        with open(f"{self.folder}/{name}.out", "ab") as output:
            child = subprocess.Popen(
                command, cwd=ROOT / "Benchmarks", env=environment(variables), stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )
        self.children.append(child)
        return child

    def wait(self, condition, words, child=None):
        limit = time.monotonic() + LIMIT
        while not condition():
            if child and child.poll() is not None:
                raise Failure(f"the worker ended with {child.returncode}: {self.last('work')}")
            if time.monotonic() > limit:
                raise Failure(f"{words} within {LIMIT} s; {self.last('work')}")
            time.sleep(0.02)

    def last(self, name):
        """The end of what a program printed: the reason, for the most part."""
        with contextlib.suppress(OSError):
            lines = pathlib.Path(f"{self.folder}/{name}.out").read_text(errors="replace").strip().splitlines()
            return " / ".join(line.strip() for line in lines[-3:])[-300:]
        return ""

    def end(self):
        for child in reversed(self.children):
            stop(child)


def stop(child):
    """Ends the group that the program leads: its worker processes too."""
    for number, patience in ((signal.SIGTERM, 8), (signal.SIGKILL, 8)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience)
            break
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def environment(variables):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT / "Benchmarks"), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8", **variables}


@contextlib.contextmanager
def fresh():
    with tempfile.TemporaryDirectory(prefix="stepstream-peers-") as folder:
        store = None
        try:
            store = Store(folder)
            yield store
        finally:
            if store:
                store.end()


def call(command, variables, store, name):
    """Runs a program to its end and gives what it printed."""
    child = store.start(command, variables, name)
    try:
        code = child.wait(LIMIT)
    except subprocess.TimeoutExpired:
        raise Failure(f"{name} took more than {LIMIT} s") from None
    if code:
        raise Failure(f"{name} ended with {code}: {store.last(name)}")
    return pathlib.Path(f"{store.folder}/{name}.out").read_text().strip()
