"""Acts as the design's timeline takes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yaojian.doors.backoffice.act_words import TEXTS, facts_in_words, meaning_of, text_of, title_of
from yaojian.foundation.ledger.facade import Act, timeline_of_acts


def timeline_items(acts: Iterable[Act]) -> list[dict[str, Any]]:
    """Acts of any kind for the timelines of this door."""
    return timeline_of_acts(acts, _more)


def _more(act: Act) -> dict[str, Any]:
    kind, icon = meaning_of(act)
    facts = facts_in_words(act.facts, without=(*TEXTS, "conclusion", "organ_level", "item", "late"))
    if act.evidence:
        facts.append((_("Evidence"), len(act.evidence)))
    return {
        "title": title_of(act),
        "href": reverse("backoffice:act", args=[act.uid]),
        "kind": kind,
        "icon": icon,
        "text": text_of(act),
        "facts": facts,
    }
