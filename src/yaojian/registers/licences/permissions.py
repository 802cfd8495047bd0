"""Who may write about a subject's licences: checks that raise, and a twin that answers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.errors import NotAllowed
from yaojian.registers.enterprises.facade import Subject, answers_for


def check_user_can_edit(actor: Actor, subject: Subject) -> None:
    """Raise NotAllowed unless the role edits licences and the actor's organ answers for the subject."""
    check_may(actor, Permission.LICENCE_EDIT)
    if not answers_for(actor, subject):
        raise NotAllowed(
            _("Another organ is responsible for this subject: %(organ)s.")
            % {"organ": subject.responsible_organ},
            cure=_("Ask that organ to enter it in the register of licences."),
        )


def user_can_edit(actor: Actor, subject: Subject) -> bool:
    """The twin of check_user_can_edit that answers."""
    return actor.may(Permission.LICENCE_EDIT) and answers_for(actor, subject)
