"""Security headers on every answer, and the one place where domain errors become answers."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from yaojian.config.problems import answer_to
from yaojian.foundation.accounts.web.denials import note_denial
from yaojian.foundation.errors import DomainError, InvalidInput

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


MAX_REQUEST_BYTES = 64 * 1024 * 1024
"""Six photos of 10 MiB, or the largest table, and the form around them; more is refused unread."""


class TooLarge(DomainError):
    """The request is larger than any form of ours can be."""

    code, status, title = "request_too_large", 413, _("The upload is too large")


class RequestLimit:
    """Refuses a request body larger than 64 MiB, and an address that holds a NUL, which no text may."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > MAX_REQUEST_BYTES:
            error: DomainError = TooLarge(
                _("More than 64 MB was sent at once; nothing of it was kept."),
                cure=_("Send fewer or smaller files at a time."),
            )
            return answer_to(request, error)
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            error = InvalidInput(
                _("The address holds a character that no name or number has."), cure=_("Type it again.")
            )
            return answer_to(request, error)
        return self.get_response(request)


class SecurityHeaders:
    """Sets the content security policy and keeps pages of signed-in people out of shared caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "private, no-store")
        if response.headers.get("Access-Control-Allow-Origin") == "*":
            # What every site may read is the same for every reader: shared caches keep one copy.
            del response.headers["Vary"]
        return response


class Problems:
    """Turns a DomainError into a page or problem details, and puts the refusal of a right on record."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DataError) and "NUL (0x00)" in str(exception):
            # A field that no form looked at, such as the hidden code of a page, holds what no text may.
            exception = InvalidInput(
                _("A field holds a character that no name or number has."), cure=_("Type it again.")
            )
        if not isinstance(exception, DomainError):
            return None
        note_denial(request, exception)
        return answer_to(request, exception)
