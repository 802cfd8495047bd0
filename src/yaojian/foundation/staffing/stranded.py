"""What stays in the name of people who serve no more is brought before the administrators of their organ."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Organ, Posting, Role, User, organ_answering_for
from yaojian.foundation.notices.facade import NoticeKind, notify, register_notice_kind
from yaojian.foundation.staffing.burdens import burdens_of
from yaojian.foundation.staffing.dating import not_over_q
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import heads_of

SUCCESSOR_REFUSED = "staffing.successor_refused"
STRANDED = "staffing.stranded"


def register() -> None:
    """Enter the kinds of notices."""
    register_notice_kind(
        NoticeKind(
            SUCCESSOR_REFUSED,
            _("Successor cannot take over"),
            _("A successor could not take over"),
            _(
                "The successor of somebody who has left may not take over %(count)s open items. Work items "
                "go back to the organ's pool; hand over the rest."
            ),
            statutory=True,
        )
    )
    register_notice_kind(
        NoticeKind(
            STRANDED,
            _("Files of somebody who has left"),
            _("Files are in the name of somebody who has left"),
            _("%(count)s open files are in the name of somebody who serves no more. Hand them over."),
            statutory=True,
        )
    )


@transaction.atomic
def tell_administrators(kind: str, user: User, organ: Organ, count: int) -> None:
    """Tell the administrators of an organ, or of the nearest above with one, of a person; once a week."""
    notify(
        to=heads_of(organ, Role.ADMINISTRATOR),
        kind=kind,
        link=f"/administration/people/{user.pk}/",
        params={"count": str(count)},
        dedup=f"{kind}:{user.pk}:{today().strftime('%G-%V')}",
    )


def tell_of_stranded_files() -> int:
    """Tell of everybody without a posting in whose name files are open; returns how many. For the night."""
    held = Posting.objects.filter(user=OuterRef("pk")).order_by()
    over = Exists(held.filter(valid_to__lt=today())), ~Exists(held.filter(not_over_q(today())))
    told = 0
    for user in User.objects.filter(*over).order_by("pk"):
        burdens, organ = burdens_of(user.pk), organ_answering_for(user)
        if burdens and organ is not None:
            tell_administrators(STRANDED, user, organ, len(burdens))
            told += 1
    return told
