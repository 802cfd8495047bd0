"""Pages for those who build on the platform."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.samples import component_samples


@requires(Permission.DESIGN_VIEW)
def components(request: ActingRequest) -> HttpResponse:
    """Every component of the design with sample data."""
    return render(request, "design/components_page.html", component_samples(request.GET.get("q", "")))
