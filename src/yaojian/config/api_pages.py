"""The description of the API: as OpenAPI for programs, and as a page for people."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from yaojian.config.api import api
from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires

PREFIX = "/api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")


@cache
def description() -> dict[str, Any]:
    """The OpenAPI description; it is the same for everybody as long as the process runs."""
    return dict(api.get_openapi_schema(path_prefix=PREFIX))


@requires(Permission.HOME)
def openapi(request: ActingRequest) -> HttpResponse:
    """The description of the API (OpenAPI 3.1)."""
    return JsonResponse(description(), json_dumps_params={"ensure_ascii": False})


@requires(Permission.HOME)
def api_page(request: ActingRequest) -> HttpResponse:
    """The same to read: every operation with its parameters and answers."""
    schema = description()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if operation := methods.get(method):
                tag = (operation.get("tags") or [""])[0]
                groups.setdefault(tag, []).append(_operation(schema, path, method, operation))
    context = {
        "groups": groups.items(),
        "introduction": schema["info"]["description"].split("\n\n"),
        "address": request.build_absolute_uri(PREFIX),
    }
    return render(request, "config/api.html", context)


def _operation(schema: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    answers: dict[Any, dict[str, Any]] = operation["responses"]
    answer = answers[min(answers, key=str)] if answers else {}
    content = answer.get("content", {}).get("application/json", {}).get("schema")
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "parameters": [_parameter(one) for one in operation.get("parameters", [])],
        "body": _fields(schema, body),
        "answer": _fields(schema, content),
    }


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    inner = one.get("schema", {})
    return {
        "name": one["name"],
        "place": one["in"],
        "required": one.get("required", False),
        "type": _type(inner),
        "description": one.get("description") or inner.get("description", ""),
        "default": inner.get("default", ""),
    }


def _fields(schema: dict[str, Any], of: dict[str, Any] | None, depth: int = 0) -> list[dict[str, Any]]:
    """The fields of a body or an answer; those of the items of a list stand indented below it."""
    resolved = _resolved(schema, of)
    if resolved.get("type") == "array":
        resolved = _resolved(schema, resolved.get("items"))
    found = []
    for name, inner in resolved.get("properties", {}).items():
        found.append(
            {
                "name": name,
                "depth": depth,
                "type": _type(inner),
                "required": name in resolved.get("required", ()),
                "description": inner.get("description", ""),
            }
        )
        if depth < 2 and (inner.get("items", {}).get("$ref") or inner.get("$ref")):
            found += _fields(schema, inner, depth + 1)
    return found


def _resolved(schema: dict[str, Any], of: dict[str, Any] | None) -> dict[str, Any]:
    reference = (of or {}).get("$ref", "")
    if not reference:
        return of or {}
    resolved: dict[str, Any] = schema["components"]["schemas"][reference.rpartition("/")[2]]
    return resolved


def _type(inner: dict[str, Any]) -> str:
    if "anyOf" in inner:
        return " | ".join(dict.fromkeys(_type(one) for one in inner["anyOf"]))
    if "$ref" in inner:
        return str(inner["$ref"]).rpartition("/")[2]
    if inner.get("type") == "array":
        return f"[{_type(inner.get('items', {}))}]"
    kind = str(inner.get("type", "any"))
    return f"{kind} ({inner['format']})" if inner.get("format") else kind
