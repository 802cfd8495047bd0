"""Who may manage whom: checks that raise, and their twins that answer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, Permission, Posting, User, check_may
from yaojian.foundation.errors import NotAllowed
from yaojian.foundation.staffing.dating import not_over_q
from yaojian.foundation.timekeeping import today


def is_below(actor: Actor, organ: Organ) -> bool:
    """Whether an organ is the actor's own or one below it."""
    return bool(actor.organ_path) and (organ.path or "").startswith(actor.organ_path)


def manages_all_of(actor: Actor, user: User) -> bool:
    """Whether all present and coming postings of a person lie in the actor's organ and below.

    Otherwise a county could take over the account of somebody who also serves the province.
    """
    coming = Posting.objects.filter(not_over_q(today()), user=user)
    return not coming.exclude(organ__path__startswith=actor.organ_path).exists()


def user_can_manage(actor: Actor, user: User) -> bool:
    """The twin of check_user_can_manage that answers."""
    return actor.may(Permission.ACCOUNT_MANAGE) and actor.user_id != user.pk and manages_all_of(actor, user)


def check_user_can_manage(actor: Actor, user: User) -> None:
    """Raise NotAllowed unless the actor gives postings, to somebody else, all of whose organs are below."""
    check_may(actor, Permission.ACCOUNT_MANAGE)
    check_is_not_self(actor, user)
    if not manages_all_of(actor, user):
        raise NotAllowed(
            _("This person also serves an organ that is not yours or below yours."),
            cure=_("Ask the administrator of the organ above both."),
        )


def check_is_not_self(actor: Actor, user: User) -> None:
    """Raise NotAllowed when somebody would decide about their own rights."""
    if actor.user_id == user.pk:
        raise NotAllowed(
            _("Nobody changes or reviews their own rights."),
            cure=_("Ask another administrator, of your organ or of the one above."),
        )
