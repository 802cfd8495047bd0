"""Reads of legal entities: one may be seen by whoever may see one of its facilities."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.errors import NotFound
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.codes import looks_unified, plain_code
from yaojian.registers.enterprises.models import (
    CURRENT,
    Enterprise,
    EnterpriseVersion,
    Subject,
    SubjectVersion,
)
from yaojian.registers.enterprises.queries import as_they_were, subjects_visible_to


def enterprise_visible_to(actor: Actor, enterprise_id: int) -> Enterprise:
    """One legal entity. Raises NotFound when none of its facilities, present or former, may be seen."""
    enterprise = _visible_to(actor).filter(pk=enterprise_id).first()
    if enterprise is None:
        raise NotFound(
            _("There is no such legal entity in your area."),
            cure=_("Look it up by its unified code in the list of subjects."),
        )
    return enterprise


def _visible_to(actor: Actor) -> QuerySet[Enterprise]:
    """The legal entities of which the actor may see a facility, present or former."""
    entity = OuterRef("pk")
    visible = subjects_visible_to(actor)
    belonged = SubjectVersion.objects.filter(CURRENT, enterprise=entity, subject__in=visible.order_by())
    return Enterprise.objects.filter(Exists(visible.filter(enterprise=entity)) | Exists(belonged))


def enterprise_with_code(actor: Actor, text: str) -> Enterprise | None:
    """The legal entity whose unified code was typed, if it was one and the actor may see the entity."""
    code = plain_code(text)
    if not looks_unified(code):
        return None
    return _visible_to(actor).filter(uscc=code).first()


def enterprise_as_it_was(enterprise: Enterprise, on: date) -> EnterpriseVersion | None:
    """What the register says of a legal entity for a day; None before it was known."""
    return EnterpriseVersion.objects.filter(CURRENT, in_force_q(on), enterprise=enterprise).first()


def facilities_of(actor: Actor, enterprise: Enterprise, on: date) -> QuerySet[Subject]:
    """The facilities of a legal entity on a day that the actor may see, open ones first, by name."""
    subjects = subjects_visible_to(actor)
    if on != today():
        subjects = as_they_were(subjects, on)
    return (
        subjects.filter(enterprise_id=enterprise.pk)
        .select_related("responsible_organ")
        .order_by(F("closed_on").desc(nulls_first=True), "pinyin", "id")
    )


def user_can_edit_enterprise(actor: Actor, enterprise: Enterprise) -> bool:
    """Whether the actor may change what the register says of a legal entity: who answers for a facility."""
    return actor.may(Permission.SUBJECT_EDIT) and answers_for_a_facility(actor, enterprise)


def answers_for_a_facility(actor: Actor, enterprise: Enterprise) -> bool:
    """Whether the actor's organ, or one below it, answers for a facility of the legal entity today."""
    return Subject.objects.filter(
        enterprise=enterprise, merged_into=None, responsible_organ__path__startswith=actor.organ_path
    ).exists()
