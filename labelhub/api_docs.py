"""The page that explains the API, made from the same schema that programs read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action

METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 12  # levels of an example; a schema may contain itself
EXAMPLES = {"integer": 1, "number": 0.5, "boolean": True, "string": "…"}
FORMATS = {"date-time": "2026-01-05T18:00:00+09:00", "date": "2026-01-05", "uri": "https://…"}

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Parameter:
    """A value in the address of a call."""

    name: str
    place: str
    kind: str
    is_required: bool
    description: str


@dataclass(frozen=True)
class Answer:
    """What comes back under one status."""

    status: str
    description: str
    example: str


@dataclass(frozen=True)
class Operation:
    """One call that a program can make."""

    name: str
    method: str
    path: str
    description: str
    parameters: list[Parameter]
    body: str
    answers: list[Answer]


@require_GET
@allowed(Action.ENTER)
def docs(request: AuthenticatedRequest) -> HttpResponse:
    """Show every call of the API with its parameters and examples."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    schema = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return render(request, "api_docs.html", {"operations": list(operations(schema))})


def operations(schema: Schema) -> Iterator[Operation]:
    """Yield the operations of an OpenAPI schema, in the order of their addresses."""
    models = schema.get("components", {}).get("schemas", {})
    for path, item in sorted(schema["paths"].items()):
        for method in METHODS:
            if method in item:
                yield _operation(path, method, item[method], models)


def _operation(path: str, method: str, given: Schema, models: Schema) -> Operation:
    return Operation(
        name=given.get("operationId", f"{method}-{path}"),
        method=method.upper(),
        path=path,
        description=given.get("description", given.get("summary", "")),
        parameters=[_parameter(parameter) for parameter in given.get("parameters", [])],
        body=_content(given.get("requestBody", {}), models),
        answers=[
            Answer(status, answer.get("description", ""), _content(answer, models))
            for status, answer in sorted(given.get("responses", {}).items())
        ],
    )


def _parameter(given: Schema) -> Parameter:
    kind = given.get("schema", {})
    return Parameter(
        name=given["name"],
        place=given["in"],
        kind=" | ".join(map(str, kind["enum"])) if "enum" in kind else kind.get("type", ""),
        is_required=given.get("required", False),
        description=given.get("description", ""),
    )


def _content(given: Schema, models: Schema) -> str:
    content = given.get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is None:
        return ""
    return json.dumps(example(schema, models), ensure_ascii=False, indent=2)


def example(schema: Schema, models: Schema, depth: int = 0) -> Any:
    """Return a value that the schema allows."""
    if depth > DEEPEST:
        return None
    if "$ref" in schema:
        return example(models[schema["$ref"].rsplit("/", 1)[-1]], models, depth + 1)
    for joined in ("allOf", "oneOf", "anyOf"):
        if schema.get(joined):
            return example(schema[joined][0], models, depth + 1)
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [example(schema.get("items", {}), models, depth + 1)]
    if schema.get("type") == "object" or "properties" in schema:
        fields = schema.get("properties", {})
        return {name: example(field, models, depth + 1) for name, field in fields.items()}
    return FORMATS.get(schema.get("format", ""), EXAMPLES.get(schema.get("type", "")))
