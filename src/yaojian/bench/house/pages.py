"""The pages that officers and the public open all day."""

from __future__ import annotations

from urllib.parse import quote

from yaojian.bench.visitor import Page

PAGES = (
    Page("workbench", "/"),
    Page("subjects", "/subjects/"),
    Page("subject", "/subjects/", r"/subjects/\d+/"),
    Page("inspections", "/inspections/"),
    Page("inspection", "/inspections/", r"/inspections/\d+/"),
    Page("cockpit", "/plans/"),
    Page("plan", "/plans/", r"/plans/changji/"),
    Page("figure", "/plans/changji/", r"/plans/figures/[^/]+/"),
    Page("mandates", "/plans/mandates/"),
    Page("journal", "/journal/"),
    Page("look_up", f"/public/?q={quote('大药房')}"),
)
