"""Prints the number of each event of an operation, told as Server-Sent Events; connects again until the last one."""
import sys
import time

import httpx
from httpx_sse import connect_sse

base, operation = sys.argv[1:]
last = "0"
with httpx.Client(timeout=30) as client:
    while True:
        try:
            with connect_sse(client, "GET", f"{base}/v1/operations/{operation}/events", headers={"Last-Event-ID": last}) as source:
                if source.response.status_code == 204:
                    break
                for event in source.iter_sse():
                    last = event.id
                    print(last, flush=True)
        except (httpx.HTTPError, httpx.StreamError):
            pass
        time.sleep(0.05)
