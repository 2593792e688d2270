"""Relays TCP connections and cuts each after some bytes of the answers, at places that a seed decides.

Serves a page of its own at /page, so that what the page opens is of its own origin, and takes the page's result at /result.
"""
import asyncio
import pathlib
import random
import re
import sys

port, seed = int(sys.argv[1]), int(sys.argv[2])
choice = random.Random(seed)
page = pathlib.Path(__file__).with_name("page.html").read_bytes()


async def relay(reader, writer, limit=None):
    try:
        while data := await reader.read(4096):
            if limit is not None:
                data, limit = data[:limit], limit - len(data)
            writer.write(data)
            await writer.drain()
            if limit is not None and limit <= 0:
                break
    except OSError:
        pass
    writer.transport.abort()


async def serve(reader, writer):
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (OSError, asyncio.IncompleteReadError):
        writer.transport.abort()
        return
    target = head.split(b" ")[1]
    if target.startswith(b"/page"):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(page) + page)
        await writer.drain()
        writer.close()
    elif target.startswith(b"/result/"):
        print("browser " + target.decode().removeprefix("/result/"), file=sys.stderr, flush=True)
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
    else:
        try:
            back, forth = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.transport.abort()
            return
        # Each request comes on a connection of its own, so that each is looked at here.
        forth.write(re.sub(rb"(?i)\r\nconnection: keep-alive", b"\r\nConnection: close", head))
        await asyncio.gather(relay(reader, forth), relay(back, writer, choice.randint(500, 4000)))


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(f"Relaying at 127.0.0.1:{server.sockets[0].getsockname()[1]}", file=sys.stderr, flush=True)
    await server.serve_forever()


asyncio.run(main())
