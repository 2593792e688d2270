"""What schemathesis does not know of itself: lines of JSON, and rules that stand between two parts of a request."""
import json
import re
import uuid

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(ctx, value):
    items = value if isinstance(value, list) else [value]
    return "".join(json.dumps(item) + "\n" for item in items).encode()


@schemathesis.deserializer("application/x-ndjson")
def items(ctx, response):
    return [json.loads(line) for line in response.content.decode().split("\n") if line]


ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}"
KEY = r'"([!#-\[\]-~]|\\["\\]){1,255}"|[!#-~][!-~]{0,254}'


def fresh(text, rule):
    """An ID or key that nobody has used, where it is one at all: used again for another request it is refused, as it must be."""
    return uuid.uuid4().hex if isinstance(text, str) and re.fullmatch(rule, text) else text


@schemathesis.hook
def map_case(ctx, case):
    if case.operation.label != "POST /v1/operations":
        return case
    headers = case.headers or {}
    for name, rule in (("Operation-Id", ID), ("Idempotency-Key", KEY)):
        if name in headers:
            headers[name] = fresh(headers[name], rule)
    if not isinstance(case.body, dict):
        return case
    if "id" in case.body:
        case.body["id"] = fresh(case.body["id"], ID)
        # The header and the member name one ID; two different ones are a fault of their own.
        headers.pop("Operation-Id", None)
    # Callbacks are really called: here to a name that never resolves (RFC 2606), by the scheme and port that are allowed.
    callback = case.body.get("callback")
    if isinstance(callback, dict) and isinstance(callback.get("url"), str) and "://" in callback["url"]:
        callback["url"] = "https://receiver.invalid/events"
    return case
