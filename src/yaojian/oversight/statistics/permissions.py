"""Who may do what with a statement: checks that raise, and their twins that answer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, Permission, check_may
from yaojian.foundation.errors import NotAllowed
from yaojian.oversight.statistics.models import Statistic
from yaojian.oversight.statistics.states import STATISTIC_STATES, StatisticState

CONFIRMING = frozenset({"confirm", "return"})


def answers_for(actor: Actor, organ: Organ) -> bool:
    """Whether the organ is the actor's own or one below it."""
    return (organ.path or "").startswith(actor.organ_path)


def check_user_can_enter(actor: Actor, organ: Organ) -> None:
    """Raise NotAllowed unless the actor enters statements, and for this organ."""
    check_may(actor, Permission.STATISTIC_ENTER)
    if not answers_for(actor, organ):
        raise NotAllowed(
            _("You enter statements for your own organ and those below it."),
            cure=_("Ask %(organ)s to state it.") % {"organ": organ.label},
        )


def had_a_hand_in(actor: Actor, statistic: Statistic) -> bool:
    """Whether the actor entered the statement, ever changed it or handed it in."""
    return actor.user_id in (statistic.entered_by_id, *statistic.authors)


def check_user_can_confirm(actor: Actor, statistic: Statistic) -> None:
    """Raise NotAllowed unless the actor confirms for the organ and had no hand in the statement."""
    check_may(actor, Permission.STATISTIC_CONFIRM)
    if not answers_for(actor, statistic.organ):
        raise NotAllowed(_("Only the organ itself or one above it confirms this statement."))
    if had_a_hand_in(actor, statistic):
        raise NotAllowed(
            _("Who entered, changed or handed in a statement does not confirm it."),
            cure=_("Ask a second person of your organ who confirms statements."),
        )


def verbs_open_to(actor: Actor, statistic: Statistic) -> frozenset[str]:
    """The verbs of the state table that the state permits and the actor may perform."""
    permitted = frozenset(STATISTIC_STATES.verbs(StatisticState(statistic.state)))
    verbs: frozenset[str] = frozenset()
    if not answers_for(actor, statistic.organ):
        return verbs
    if actor.may(Permission.STATISTIC_ENTER):
        verbs |= permitted - CONFIRMING
    if actor.may(Permission.STATISTIC_CONFIRM) and not had_a_hand_in(actor, statistic):
        verbs |= permitted & CONFIRMING
    return verbs
