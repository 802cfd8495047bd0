"""Who goes on site: the team that an inspection is opened with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from yaojian.casework.inspections import rules
from yaojian.casework.inspections.models import Inspection, TeamMember
from yaojian.foundation.accounts.facade import Actor, officers_for_inspections
from yaojian.foundation.errors import InvalidInput, RuleBroken


def chosen_team(by: Actor, officer_ids: Sequence[int], lead_id: int) -> list[Any]:
    """The postings of the officers chosen, the lead first.

    Raises RuleBroken (fewer than two officers), InvalidInput (one who cannot join, a lead outside the team).
    """
    if not rules.team_is_large_enough(officer_ids):
        raise RuleBroken(
            _("At least two officers must go on site."), field="officers", cure=_("Choose a second officer.")
        )
    if lead_id not in officer_ids:
        raise InvalidInput(
            _("The lead must be in the team."), field="lead", cure=_("Choose one of the team.")
        )
    eligible = {p.user_id: p for p in officers_for_inspections(by).filter(user_id__in=officer_ids)}
    if len(eligible) != len(set(officer_ids)):
        raise InvalidInput(
            _("One of the officers cannot join this team."),
            field="officers",
            cure=_("Choose officers from the list."),
        )
    return sorted(eligible.values(), key=lambda posting: posting.user_id != lead_id)


def enter_team(inspection: Inspection, team: Sequence[Any]) -> None:
    """Enter the officers of an inspection from their postings; the first leads."""
    TeamMember.objects.bulk_create(
        [
            TeamMember(
                inspection=inspection,
                officer_id=posting.user_id,
                is_lead=place == 0,
                full_time=posting.full_time,
            )
            for place, posting in enumerate(team)
        ]
    )
