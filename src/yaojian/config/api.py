"""The JSON API for systems and scripts, with the same scopes as the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import Throttled
from ninja.errors import ValidationError as NinjaValidationError
from ninja.throttling import SimpleRateThrottle

from yaojian import __version__
from yaojian.config.problems import answer_to
from yaojian.doors.backoffice.web.api import router as files_router
from yaojian.doors.backoffice.web.api_people import router as people_router
from yaojian.doors.backoffice.web.api_registers import router as registers_router
from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.accounts.web.denials import note_denial
from yaojian.foundation.errors import DomainError, InvalidInput
from yaojian.oversight.evaluations.web.api import router as evaluations_router
from yaojian.oversight.plans.web.api import router as plans_router
from yaojian.oversight.statistics.web.api import router as statistics_router
from yaojian.registers.intake.web.api import router as imports_router

REQUESTS = "600/m"
"""How often one person or token may ask; counted in each web process by itself, as for the public look-up."""


class TooManyRequests(DomainError):
    """The person or the system has asked too often within a minute."""

    code, status, title = "too_many_requests", 429, _("Too many requests")


class PerPerson(SimpleRateThrottle):
    """Counts requests by the person who asks, whether by session or by token."""

    scope = "api"

    def get_cache_key(self, request: HttpRequest) -> str | None:
        actor: Actor | None = getattr(request, "auth", None)
        return f"api.{actor.user_id}" if actor is not None else None


LIMIT = PerPerson(REQUESTS)

api = NinjaAPI(
    title="Yaojian",
    version=__version__,
    description="The registers, inspections, acts, work and plan figures, scoped to the asking person; rows "
    "for the registers with a result for each.\n\nLists come in pages: give the `next` of one as `after` for "
    "the following. Errors are problem details (RFC 9457) with a stable `code`, and name field and cure.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    throttle=[LIMIT],
)
api.add_router("", files_router)
api.add_router("", registers_router)
api.add_router("", people_router)
api.add_router("", imports_router)
api.add_router("/plans", plans_router)
api.add_router("/statistics", statistics_router)
api.add_router("/evaluations", evaluations_router)


@api.exception_handler(DomainError)
def domain_error(request: HttpRequest, error: Any) -> HttpResponse:
    """Problem details of a domain error; the refusal of a right goes on record."""
    note_denial(request, error)
    return answer_to(request, error)


@api.exception_handler(Throttled)
def throttled(request: HttpRequest, error: Any) -> HttpResponse:
    """Problem details of a request too many, and when to come back."""
    answer = answer_to(
        request,
        TooManyRequests(
            _("More than 600 requests came from you within a minute."),
            cure=_("Wait, then go on; ask for larger pages."),
        ),
    )
    answer["Retry-After"] = str(int(error.wait or 60) + 1)
    return answer


@api.exception_handler(NinjaValidationError)
def invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """Problem details of a parameter that does not fit its type."""
    fields = {".".join(str(part) for part in item["loc"][1:]): item["msg"] for item in error.errors}
    return answer_to(request, InvalidInput("A parameter is malformed.", errors=fields))
