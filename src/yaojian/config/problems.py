"""Domain errors as pages for people and as RFC 9457 problem details for systems."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _

from yaojian.foundation.errors import DomainError, NotAllowed


def problem_details(error: DomainError, instance: str) -> dict[str, object]:
    """The RFC 9457 object of an error; `errors` lists the fields concerned."""
    body: dict[str, object] = {
        "type": f"urn:yaojian:problem:{error.code}",
        "title": str(error.title),
        "status": error.status,
        "detail": str(error.detail),
        "instance": instance,
        "code": error.code,
    }
    if error.cure:
        body["cure"] = str(error.cure)
    fields = {**({error.field: error.detail} if error.field else {}), **error.errors}
    if fields:
        body["errors"] = [{"field": name, "detail": str(text)} for name, text in fields.items()]
    return body


def answer_to(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The answer that tells the asking person or system what went wrong and what to do."""
    if request.path.startswith("/api/"):
        return JsonResponse(
            problem_details(error, request.path), status=error.status, content_type="application/problem+json"
        )
    context = {
        "title": error.title,
        "detail": error.detail,
        "cure": error.cure,
        "code": error.code,
        "home_url": "/",
    }
    return render(request, "design/error.html", context, status=error.status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page behind a form whose protection token has expired; without a session that is the reason."""
    if getattr(request, "actor", None) is None and not request.path.startswith(("/public/", "/sign-in/")):
        return redirect_to_login(request.path, resolve_url(settings.LOGIN_URL) + "?expired=1")
    error = NotAllowed(
        _("The form had expired, so nothing was changed."),
        code="form_expired",
        cure=_("Go back, reload the page and send the form again."),
    )
    return answer_to(request, error)
