"""Inspections of somebody who leaves: who leads the team, or goes on site, from now on."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yaojian.casework.inspections import rules
from yaojian.casework.inspections.bookkeeping import record
from yaojian.casework.inspections.contracts import FILE_KIND
from yaojian.casework.inspections.models import Inspection, TeamMember
from yaojian.casework.inspections.states import InspectionState
from yaojian.foundation.accounts.contracts import roles_with
from yaojian.foundation.accounts.facade import Actor, Permission, Posting, User
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.staffing.facade import Burden, BurdenKind, register_burden
from yaojian.foundation.timekeeping import today

OVER = (InspectionState.CLOSED.value, InspectionState.CANCELLED.value)


def led_by(user_id: int) -> list[Burden]:
    """The running inspections that a person leads, and those planned with them in the team."""
    memberships = (
        TeamMember.objects.filter(
            Q(is_lead=True) | Q(inspection__state=InspectionState.PLANNED.value), officer_id=user_id
        )
        .exclude(inspection__state__in=OVER)
        .select_related("inspection__subject")
        .order_by("inspection_id")
    )
    return [
        Burden(
            FILE_KIND,
            member.inspection_id,
            f"{member.inspection.number} · {member.inspection.subject.name}",
            f"/inspections/{member.inspection_id}/",
            member.inspection.rectify_by,
        )
        for member in memberships
    ]


def hand_over(by: Actor, keys: Collection[int], from_user: int, to_user: int, reason: str) -> int:
    """Put a colleague in a person's place in some inspections; returns how many, each with an act.

    Before the visit the person's place in the team is taken; afterwards only the lead passes on, for who was
    on site was there. Raises InvalidInput when the colleague may not inspect for the organ, or when the team
    would have too few officers.
    """
    inspections = Inspection.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    heir, former = User.objects.get(pk=to_user), User.objects.get(pk=from_user)
    done = 0
    for inspection in inspections.select_related("organ", "subject").order_by("pk"):
        posting = _posting_for(inspection, to_user)
        if posting is None:
            raise InvalidInput(
                _("%(name)s may not take over inspection %(number)s.")
                % {"name": heir.display_name, "number": inspection.number},
                field="successor",
                cure=_("Choose an inspector of the inspecting organ or of one below it."),
            )
        _exchange(inspection, from_user, posting)
        facts = {
            "number": inspection.number,
            "former": former.display_name,
            "assignee": heir.display_name,
            "reason": reason,
        }
        record(by, inspection, "inspection.handed_over", facts=facts)
        done += 1
    return done


def _posting_for(inspection: Inspection, user_id: int) -> Posting | None:
    """The posting in which a person may inspect for the inspecting organ."""
    return Posting.objects.filter(
        in_force_q(today()),
        user_id=user_id,
        user__is_active=True,
        role__in=roles_with(Permission.INSPECTION_CONDUCT),
        organ__path__startswith=inspection.organ.path or "-",
    ).first()


def _exchange(inspection: Inspection, from_user: int, posting: Posting) -> None:
    """Let the heir stand in the team, as lead if the person led it."""
    leaving = inspection.team.get(officer_id=from_user)
    was_lead = leaving.is_lead
    if inspection.state == InspectionState.PLANNED.value:
        leaving.delete()
    else:
        leaving.is_lead = False
        leaving.save(update_fields=["is_lead"])
    heir, _is_new = TeamMember.objects.get_or_create(
        inspection=inspection, officer_id=posting.user_id, defaults={"full_time": posting.full_time}
    )
    heir.is_lead = heir.is_lead or was_lead
    heir.save(update_fields=["is_lead"])
    team = list(inspection.team.values_list("officer_id", flat=True))
    if not rules.team_is_large_enough(team):
        raise InvalidInput(
            _("The team of inspection %(number)s would have fewer than two officers.")
            % {"number": inspection.number},
            field="successor",
            cure=_("Choose somebody who is not in the team yet."),
        )


def register() -> None:
    """Enter inspections among what people hold; called once when the apps are ready."""
    register_burden(BurdenKind(code=FILE_KIND, name=_("Inspections"), held_by=led_by, hand_over=hand_over))
