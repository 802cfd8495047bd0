"""Answers that belong to no room: health and the last-resort error pages."""

from __future__ import annotations

from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yaojian import __version__
from yaojian.config.problems import answer_to
from yaojian.foundation.accounts.web.access import public
from yaojian.foundation.errors import DomainError, InvalidInput, NotAllowed, NotFound


class ServerFault(DomainError):
    """Something broke that the asking side cannot help."""

    code, status, title = "server_fault", 500, gettext_lazy("The platform has a fault")


@public
def health(request: HttpRequest) -> HttpResponse:
    """200 while the web process can ask the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok", "version": __version__})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page behind a request that makes no sense, or one for a host name that is not ours."""
    if isinstance(exception, DisallowedHost):
        return answer_to(
            request,
            InvalidInput(
                _("This installation does not answer to the name in the address."),
                cure=_("Whoever runs it adds the name to YAOJIAN_ALLOWED_HOSTS and starts it again."),
            ),
        )
    return answer_to(
        request, InvalidInput(_("The request could not be understood."), cure=_("Go back and try again."))
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page behind a refusal that no room explained."""
    return answer_to(request, NotAllowed(_("This page is not open to you.")))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page behind an address that leads nowhere."""
    error: DomainError = NotFound(
        _("There is no page at this address."), cure=_("Check the address, or start from the workbench.")
    )
    return answer_to(request, error)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page behind a fault of ours; it needs neither database nor session."""
    if request.path.startswith("/api/"):
        return answer_to(request, ServerFault(_("A fault of ours; the request was not carried out.")))
    return render(request, "design/errors/500.html", status=500)
