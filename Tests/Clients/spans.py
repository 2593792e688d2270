"""Reads what was sent to a collector, a request's JSON a line, with OpenTelemetry's own protobuf schema, and prints a line of JSON for each span.

Nothing is passed over: a member that the schema does not have is an error. IDs are hexadecimal in OTLP's JSON and base64 in protobuf's: the
one difference between them that matters here (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).
"""
import base64
import json
import re
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

DIGITS = {"traceId": 32, "spanId": 16, "parentSpanId": 16}


def encoded(value):
    if isinstance(value, list):
        return [encoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for name, member in value.items():
        if name in DIGITS:
            if not re.fullmatch("[0-9a-f]{%d}" % DIGITS[name], member) or not member.strip("0"):
                sys.exit(f"{name} is no ID: {member!r}")
            member = base64.b64encode(bytes.fromhex(member)).decode()
        if name in ("kind", "code") and not isinstance(member, int):
            sys.exit(f"{name} must be a number in OTLP's JSON: {member!r}")
        result[name] = encoded(member)
    return result


def text(value):
    return getattr(value, value.WhichOneof("value"))


for number, line in enumerate(open(sys.argv[1], encoding="utf-8")):
    request = json_format.Parse(json.dumps(encoded(json.loads(line))), ExportTraceServiceRequest())
    for resource in request.resource_spans:
        of = {item.key: text(item.value) for item in resource.resource.attributes}
        for scope in resource.scope_spans:
            for span in scope.spans:
                if not span.name or span.kind == Span.SPAN_KIND_UNSPECIFIED or len(span.trace_id) != 16 or len(span.span_id) != 8:
                    sys.exit(f"no span: {span}")
                if not 0 < span.start_time_unix_nano <= span.end_time_unix_nano:
                    sys.exit(f"no time: {span}")
                print(json.dumps({
                    "request": number, "service": of["service.name"], "name": span.name, "kind": Span.SpanKind.Name(span.kind),
                    "trace": span.trace_id.hex(), "span": span.span_id.hex(), "parent": span.parent_span_id.hex(),
                    "status": Status.StatusCode.Name(span.status.code),
                    "attributes": {item.key: text(item.value) for item in span.attributes},
                }))
