"""Acts as the design's timeline takes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yaojian.doors.backoffice.act_words import TEXTS, facts_in_words, meaning_of, text_of, title_of
from yaojian.foundation.ledger.facade import Act, late_entries


def timeline_items(acts: Iterable[Act]) -> list[dict[str, Any]]:
    """Acts as the design's timeline takes them, each late entry with the time that the public log proves."""
    shown = list(acts)
    late = late_entries(shown)
    return [{**_item(act), "entered_after": late.get(act.pk)} for act in shown]


def _item(act: Act) -> dict[str, Any]:
    """An act as the design's timeline takes it."""
    kind, icon = meaning_of(act)
    facts = facts_in_words(act.facts, without=(*TEXTS, "conclusion", "organ_level", "item", "late"))
    if act.evidence:
        facts.append((_("Evidence"), len(act.evidence)))
    return {
        "at": act.claimed_at,
        "recorded_at": act.recorded_at,
        "title": title_of(act),
        "href": reverse("backoffice:act", args=[act.uid]),
        "kind": kind,
        "icon": icon,
        "actor": act.actor_name,
        "organ": act.organ_name,
        "text": text_of(act),
        "facts": facts,
    }
