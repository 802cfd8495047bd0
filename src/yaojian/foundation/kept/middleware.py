"""A page asks once whether anything has changed."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from yaojian.foundation.kept.kept import one_look


class OneLook:
    """While a request that changes nothing is answered, the notes about changes are read once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return self._get_response(request)
        with one_look():
            return self._get_response(request)
