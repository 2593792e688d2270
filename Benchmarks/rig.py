"""What the programs of this folder need to start and to watch what they measure."""
import pathlib
import socket
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def tell(words):
    """Says how far it is: in one line on a terminal, else line by line."""
    if sys.stderr.isatty():
        print(f"\r\033[K{words}", end="", file=sys.stderr, flush=True)
    else:
        print(words, file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def redis_server(folder, path, *options):
    """A redis-server that keeps nothing and listens on the socket `path` only."""
    command = ["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder, *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def encoded(*words):
    """A command as RESP."""
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        data = str(word).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


def redis(path, *words):
    """The reply to one command as text; enough for what answers with one text or number."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(30)
        link.connect(path)
        link.sendall(encoded(*words))
        reply = link.makefile("rb")
        line = reply.readline()
        return reply.read(int(line[1:])).decode() if line[:1] == b"$" else line[1:].decode().strip()
