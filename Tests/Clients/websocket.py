"""Prints the number of each event of an operation, told on a WebSocket; connects again until the last one."""
import json
import sys
import time

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

base, operation = sys.argv[1:]
last = 0
ended = False
while not ended:
    try:
        with connect(base.replace("http", "ws", 1) + "/v1/events", subprotocols=["cloudevents.json"], proxy=None) as socket:
            socket.send(json.dumps({"watch": [operation], "after": {operation: last}}))
            while not ended:
                event = json.loads(socket.recv(timeout=30))
                if "error" in event:
                    break
                last = int(event["sequence"])
                ended = event["type"].rsplit(".", 2)[1:] in (["operation", "succeeded"], ["operation", "failed"])
                print(last, flush=True)
    except (WebSocketException, OSError, EOFError, TimeoutError):
        pass
    time.sleep(0.05)
