"""Where a request comes from, and where it may be sent on to."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def client_address(request: HttpRequest) -> str:
    """Where a request comes from: the connection, or what our own reverse proxy says of it.

    A proxy appends the address it saw, so only the last entry can be believed.
    """
    if settings.BEHIND_PROXY:
        forwarded: str = request.headers.get("X-Forwarded-For", "")
        return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def safe_next(request: HttpRequest, fallback: str) -> str:
    """Where to go afterwards: the asked page if it is an address of ours, else the fallback."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return own_address(target, request) or fallback


def own_address(target: str, request: HttpRequest) -> str:
    """`target` if it is an address of ours, else nothing."""
    own = url_has_allowed_host_and_scheme(target, allowed_hosts=None, require_https=request.is_secure())
    # Without the slash it would be taken for the name of a page, or for an address beside this one.
    return target if own and target.startswith("/") else ""
