"""The pages on which the register itself is looked after."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

PAGES = {
    "duplicates": _("Possible duplicates"),
    "merges": _("Merges"),
    "proposals": _("Proposed risk grades"),
    "completeness": _("Completeness"),
}


def register_tabs(here: str) -> list[dict[str, Any]]:
    """The tabs over these pages; `here` is the one that is open."""
    return [
        {"label": name, "url": reverse(f"enterprises:{page}"), "active": page == here}
        for page, name in PAGES.items()
    ]
