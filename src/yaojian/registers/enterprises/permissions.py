"""Who may change the register: `check_…` raises, `user_can_…` answers."""

from __future__ import annotations

from yaojian.foundation.accounts.facade import Actor, Permission, check_may, is_platform
from yaojian.registers.enterprises.models import SubjectFields


def check_user_can_register(actor: Actor) -> None:
    """Raises NotAllowed unless the actor may enter subjects; the platform may, when it sets up."""
    if not is_platform(actor):
        check_may(actor, Permission.SUBJECT_EDIT)


def answers_for(actor: Actor, subject: SubjectFields) -> bool:
    """Whether the actor's organ, or one below it, is responsible for the subject and may act upon it."""
    return (subject.responsible_organ.path or "").startswith(actor.organ_path)


def user_can_edit(actor: Actor, subject: SubjectFields) -> bool:
    """Whether the actor may change what the register says of the subject."""
    return actor.may(Permission.SUBJECT_EDIT) and answers_for(actor, subject)
