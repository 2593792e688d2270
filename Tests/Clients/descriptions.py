"""Checks /openapi.json, /asyncapi.json and /topology.svg of the service at the first argument by others' readers of these formats.

OpenAPI by the schema of the OpenAPI Initiative, which openapi-spec-validator brings. For AsyncAPI 3 no package of Python's registry brings
the schema of the AsyncAPI Initiative: the document is read by pydantic-asyncapi, and checked by a schema of our own after the
specification's text; and every reference must lead to something.
"""
import json
import pathlib
import sys
import xml.etree.ElementTree

import httpx
import jsonschema_rs
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic_asyncapi.v3 import AsyncAPI


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for element in value:
            yield from references(element)


def lost(document):
    for reference in sorted(set(references(document))):
        place = document
        for token in reference.removeprefix("#/").split("/"):
            place = place.get(token.replace("~1", "/").replace("~0", "~")) if isinstance(place, dict) else None
        if place is None:
            yield f"{reference} leads nowhere"


base = sys.argv[1]
openapi = httpx.get(base + "/openapi.json").json()
asyncapi = httpx.get(base + "/asyncapi.json").json()
faults = [f"OpenAPI: {list(error.absolute_path)} {error.message}" for error in OpenAPIV31SpecValidator(openapi).iter_errors()]
AsyncAPI.model_validate(asyncapi)
schema = json.loads((pathlib.Path(__file__).parent / "asyncapi-3.0.schema.json").read_text())
faults += [f"AsyncAPI: {list(error.instance_path)} {error.message}" for error in jsonschema_rs.Draft7Validator(schema).iter_errors(asyncapi)]
faults += lost(openapi) if isinstance(openapi, dict) else []
faults += lost(asyncapi)
# Well-formed, or this throws.
xml.etree.ElementTree.fromstring(httpx.get(base + "/topology.svg").text)
for fault in faults:
    print(fault)
if not faults:
    print(f"{len(openapi['paths'])} paths, {len(asyncapi['channels'])} channels, {len(asyncapi['operations'])} operations")
sys.exit(1 if faults else 0)
