"""The JSON API for systems and scripts, with the same scopes as the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError as NinjaValidationError

from yaojian import __version__
from yaojian.config.problems import answer_to
from yaojian.doors.backoffice.web.api import router as registers_router
from yaojian.foundation.accounts.web.denials import note_denial
from yaojian.foundation.errors import DomainError, InvalidInput
from yaojian.oversight.plans.web.api import router as plans_router

api = NinjaAPI(
    title="Yaojian",
    version=__version__,
    description="Read access to subjects, inspections, acts and plan figures, scoped to the asking person.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
api.add_router("", registers_router)
api.add_router("/plans", plans_router)


@api.exception_handler(DomainError)
def domain_error(request: HttpRequest, error: Any) -> HttpResponse:
    """Problem details of a domain error; the refusal of a right goes on record."""
    note_denial(request, error)
    return answer_to(request, error)


@api.exception_handler(NinjaValidationError)
def invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """Problem details of a parameter that does not fit its type."""
    fields = {".".join(str(part) for part in item["loc"][1:]): item["msg"] for item in error.errors}
    return answer_to(request, InvalidInput("A parameter is malformed.", errors=fields))
