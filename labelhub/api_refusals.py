"""What a call of the API may answer instead of what was asked for, as its document says it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drf_spectacular.utils import OpenApiResponse

Schema = dict[str, Any]

SCHEMAS: dict[str, Schema] = {
    "Problem": {
        "type": "object",
        "description": "Why the request was not answered.",
        "properties": {"detail": {"type": "string"}},
        "required": ["detail"],
    },
    "Refusal": {
        "type": "object",
        "description": "Why the rules refuse the request: for people, and a word for programs.",
        "properties": {"detail": {"type": "string"}, "code": {"type": "string"}},
        "required": ["detail", "code"],
    },
    "Invalid": {
        "type": "object",
        "description": "What is wrong with the values of a request: reasons by field, or `detail`.",
        "additionalProperties": {},
    },
}


def _named(schema: str) -> Schema:
    return {"$ref": f"#/components/schemas/{schema}"}


def missing(description: str) -> OpenApiResponse:
    """Return the 404 of a call."""
    return OpenApiResponse(_named("Problem"), description)


def refused(description: str) -> OpenApiResponse:
    """Return the 409 of a call."""
    return OpenApiResponse(_named("Refusal"), description)


def document(result: Schema, **kwargs: Any) -> Schema:
    """Add to each call of the document the refusals that come from outside of its view."""
    for calls in result["paths"].values():
        for call in calls.values():
            for status, schema, description in _usual(call):
                content = {"application/json": {"schema": _named(schema)}}
                answer = {"description": description, "content": content}
                call["responses"].setdefault(status, answer)
    result["components"].setdefault("schemas", {}).update(SCHEMAS)
    return result


def _usual(call: Schema) -> Iterator[tuple[str, str, str]]:
    """Yield status, schema and description of what a call answers by its mere shape."""
    places = {parameter["in"] for parameter in call.get("parameters", [])}
    if "requestBody" in call or "query" in places:
        yield "400", "Invalid", "a value is missing or impossible"
    yield "401", "Problem", "not logged in"
    yield "403", "Problem", "the role may not, or the CSRF token of the session is missing"
    if "path" in places:
        yield "404", "Problem", "there is no such thing, or it is not the caller's"
    yield "405", "Problem", "another method than those of this address"
    yield "406", "Problem", "only application/json is there, and Accept leaves it out"
    if "requestBody" in call:
        yield "411", "Problem", "the body comes in pieces, without its length"
        yield "413", "Problem", "the body is too large"
        yield "415", "Problem", "the body is not application/json"
