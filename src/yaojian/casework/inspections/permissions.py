"""Who may do what with an inspection: checks that raise."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yaojian.casework.inspections.models import Inspection, TeamMember
from yaojian.casework.inspections.states import INSPECTION_STATES, InspectionState
from yaojian.foundation.accounts.facade import (
    Actor,
    Permission,
    check_may,
    on_behalf_of,
    principals_of,
)
from yaojian.foundation.errors import NotAllowed
from yaojian.registers.enterprises.facade import Subject, answers_for

VERIFYING_VERBS = frozenset({"verify_rectification", "return_rectification"})


def check_user_can_open(actor: Actor, subject: Subject) -> None:
    """Raise NotAllowed unless the actor inspects, and their organ or one below answers for the subject."""
    check_may(actor, Permission.INSPECTION_CONDUCT)
    if not answers_for(actor, subject):
        raise NotAllowed(
            _("Another organ is responsible for this subject: %(organ)s.")
            % {"organ": subject.responsible_organ},
            cure=_("Ask that organ to inspect it, or to entrust you with the inspection."),
        )


def user_can_open(actor: Actor, subject: Subject) -> bool:
    """The twin of check_user_can_open that answers."""
    return actor.may(Permission.INSPECTION_CONDUCT) and answers_for(actor, subject)


def check_user_can_conduct(actor: Actor, inspection: Inspection) -> Actor:
    """The actor as one of the team: in person, or on behalf of an absent colleague in it.

    Raises NotAllowed otherwise.
    """
    check_may(actor, Permission.INSPECTION_CONDUCT)
    member = _place_in_team(actor, inspection)
    if member is None:
        raise NotAllowed(
            _("Only the officers of the team may record this inspection."),
            cure=_("Ask the lead of the team."),
        )
    return actor if member.officer_id == actor.user_id else on_behalf_of(actor, member.officer)


def _place_in_team(actor: Actor, inspection: Inspection) -> TeamMember | None:
    """The actor's own place in the team, else that of somebody they stand in for today."""
    members = list(
        inspection.team.filter(officer_id__in={actor.user_id, *principals_of(actor)}).select_related(
            "officer"
        )
    )
    own = [member for member in members if member.officer_id == actor.user_id]
    return next(iter(own or members), None)


def user_can_conduct(actor: Actor, inspection: Inspection) -> bool:
    """The twin of check_user_can_conduct that answers."""
    return actor.may(Permission.INSPECTION_CONDUCT) and _place_in_team(actor, inspection) is not None


def check_user_can_verify(actor: Actor, inspection: Inspection) -> None:
    """Raise NotAllowed unless the actor verifies for the inspecting organ or one above it."""
    check_may(actor, Permission.INSPECTION_VERIFY)
    if not (inspection.organ.path or "").startswith(actor.organ_path):
        raise NotAllowed(_("Only the inspecting organ or one above it may verify this rectification."))


def user_can_verify(actor: Actor, inspection: Inspection) -> bool:
    """The twin of check_user_can_verify that answers."""
    return actor.may(Permission.INSPECTION_VERIFY) and (inspection.organ.path or "").startswith(
        actor.organ_path
    )


def verbs_open_to(actor: Actor, inspection: Inspection) -> frozenset[str]:
    """The verbs of the state table that the inspection's state permits and the actor may perform."""
    permitted = frozenset(INSPECTION_STATES.verbs(InspectionState(inspection.state)))
    verbs: frozenset[str] = frozenset()
    if user_can_conduct(actor, inspection):
        verbs |= permitted - VERIFYING_VERBS
    if user_can_verify(actor, inspection):
        verbs |= permitted & VERIFYING_VERBS
    return verbs
