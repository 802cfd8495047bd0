"""Who may do what with a clock: checks that raise, and twins that answer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import (
    LEVEL_NAMES,
    ROLE_NAMES,
    Actor,
    Level,
    Permission,
    Role,
    check_may,
)
from yaojian.foundation.deadlines.models import RunningClock
from yaojian.foundation.errors import NotAllowed
from yaojian.foundation.reference.facade import rule_of


def user_can_pause(actor: Actor, clock: RunningClock) -> bool:
    """Whether the actor may stop a clock for a while and let it go on: the clock's organ or one above."""
    return actor.may(Permission.CLOCK_PAUSE) and _answers_for(actor, clock)


def check_user_can_pause(actor: Actor, clock: RunningClock) -> None:
    """Raise NotAllowed unless the actor may pause and resume the clock."""
    check_may(actor, Permission.CLOCK_PAUSE)
    if not _answers_for(actor, clock):
        raise NotAllowed(
            _("The clock belongs to another organ."),
            cure=_("Officers of %(organ)s or of an organ above it may do this.") % {"organ": clock.organ},
        )


def user_can_extend(actor: Actor, clock: RunningClock) -> bool:
    """Whether the actor is one whom the rule lets extend the clock."""
    allowed = rule_of(clock.rule).extension
    return (
        allowed is not None
        and actor.may(Permission.CLOCK_EXTEND)
        and _answers_for(actor, clock)
        and actor.role.value in allowed.approvers
        and (not allowed.levels or actor.organ_level.value in allowed.levels)
    )


def check_user_can_extend(actor: Actor, clock: RunningClock) -> None:
    """Raise NotAllowed unless the rule lets the actor extend the clock; a rule without one lets nobody."""
    check_may(actor, Permission.CLOCK_EXTEND)
    if rule_of(clock.rule).extension is not None and not user_can_extend(actor, clock):
        raise NotAllowed(
            _("You cannot approve an extension of this clock."),
            cure=_("It is approved by: %(who)s.") % {"who": approvers_in_words(clock)},
        )


def approvers_in_words(clock: RunningClock) -> str:
    """Who approves an extension by the rule: roles, and levels where it names them."""
    allowed = rule_of(clock.rule).extension
    if allowed is None:
        return ""
    roles = _(" or ").join(str(ROLE_NAMES[Role(code)]) for code in allowed.approvers)
    if not allowed.levels:
        return roles
    levels = _(", ").join(str(LEVEL_NAMES[Level(code)]) for code in allowed.levels)
    return _("%(roles)s at level: %(levels)s") % {"roles": roles, "levels": levels}


def _answers_for(actor: Actor, clock: RunningClock) -> bool:
    return bool(actor.organ_path) and (clock.organ.path or "").startswith(actor.organ_path)
