"""The whose-selector of a list: mine, with those below, or the whole area; it lives in the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from yaojian.foundation.accounts.contracts import WIDTH_NAMES, Actor, Width
from yaojian.foundation.accounts.scope import default_width, widths_open_to

PARAMETER = "whose"


def chosen_width(actor: Actor, asked: str, *, searching: bool = False) -> Width:
    """The width an address asks for; without one the actor's own, but a search looks at the whole area."""
    open_to = widths_open_to(actor)
    if asked in open_to:
        return Width(asked)
    return Width.AREA if searching else default_width(actor)


def width_tabs(actor: Actor, chosen: Width, address: Callable[[str], str]) -> list[dict[str, Any]]:
    """The widths as tabs; none for those who have no choice. `address` gives the page at a width."""
    open_to = widths_open_to(actor)
    if len(open_to) < 2:
        return []
    return [
        {"label": WIDTH_NAMES[width], "url": address(width.value), "active": width is chosen}
        for width in open_to
    ]


def why_so_few(actor: Actor, chosen: Width, address: Callable[[str], str]) -> dict[str, str]:
    """What a list of one's own leaves out, and where the wider one is; empty for a wide list."""
    wider = next((width for width in widths_open_to(actor) if width is not Width.MINE), None)
    if chosen is not Width.MINE or wider is None:
        return {}
    organ = {"organ": actor.organ_short_name or actor.organ_name}
    if wider is Width.BELOW:
        text = (
            _("Shown is what %(organ)s is responsible for itself; organs below it answer for the rest.")
            % organ
        )
        label = _("Show those of subordinate organs too")
    else:
        text, label = (
            _("Shown is what %(organ)s is responsible for itself.") % organ,
            _("Show the whole area"),
        )
    return {"text": text, "url": address(wider.value), "label": label}
