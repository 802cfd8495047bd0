"""Alarms of the public log as work: somebody has to look into each, and to put on record what it was."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from yaojian.foundation.accounts.facade import Actor, Organ, Permission, Posting, Role, check_may
from yaojian.foundation.errors import Conflict, InvalidInput, NotFound, RuleBroken
from yaojian.foundation.ledger.facade import Ref, record_act, waiting_acts
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import (
    ItemKind,
    ItemState,
    WorkItem,
    complete_items_of_file,
    heads_of,
    item_ref,
    item_visible_to,
    open_item,
    register_kind,
    unfinished_q,
)

PROMISE_BROKEN = "public_log.promise_broken"
DIFFERS = "public_log.differs"
OBJECTS = "public_log.witness_objects"
KINDS = (PROMISE_BROKEN, DIFFERS, OBJECTS)
LOG = Ref("public_log", 1)
"""What the items are about: an installation has one log."""
LONGEST_FINDING = 300


def register() -> None:
    """Enter the kinds of work."""
    names: dict[str, Promise] = {
        PROMISE_BROKEN: gettext_lazy("Promise of the public log broken"),
        DIFFERS: gettext_lazy("Journal and public log differ"),
        OBJECTS: gettext_lazy("A witness objects to the public log"),
    }
    for kind, name in names.items():
        register_kind(ItemKind(kind, name, gettext_lazy("Look into it"), _page, Permission.LOG_ATTEND))


def _page(_item: WorkItem) -> str:
    return reverse("backoffice:log_monitor") + "#alarms"


def open_alarms() -> QuerySet[WorkItem]:
    """The alarms that nobody has settled, the oldest first; for the readers of the monitor."""
    return WorkItem.objects.filter(unfinished_q(), kind__in=KINDS).select_related("assignee").order_by("pk")


@transaction.atomic
def raise_alarm(kind: str, reason: Promise, finding: str = "") -> None:
    """Put an alarm before who has to act on it, due today.

    One alarm of a kind is open at a time. A finding that somebody has settled is not raised again.
    """
    with override(settings.LANGUAGE_CODE):
        said: dict[str, Any] = {"reason": str(reason)[:300], "parameters": {"finding": finding}}
    if WorkItem.objects.filter(unfinished_q(), kind=kind).update(**said):
        return
    last = WorkItem.objects.filter(kind=kind, state=ItemState.DONE.value).order_by("-pk").first()
    if finding and last and last.parameters.get("finding") == finding:
        return
    if whose := _whose():
        open_item(
            WorkItem(
                kind=kind,
                organ=whose[0],
                assignee_id=whose[1],
                file_kind=LOG.kind,
                file_id=LOG.id,
                origin_kind=LOG.kind,
                origin_key=kind,
                due_on=today(),
                opened_at=now(),
                **said,
            )
        )


def _whose() -> tuple[Organ, int | None] | None:
    """The security officer of the highest organ that has one; else the leader above the administrator.

    None before anybody is in post.
    """
    in_post = (
        Posting.objects.filter(in_force_q(today()), user__is_active=True)
        .select_related("organ")
        .order_by(Length("organ__path"), "pk")
    )
    if officer := in_post.filter(role=Role.SECURITY_OFFICER.value).first():
        return officer.organ, officer.user_id
    administrator = in_post.filter(role=Role.ADMINISTRATOR.value).first()
    if administrator is None:
        return None
    return administrator.organ, next(iter(heads_of(administrator.organ, Role.LEADER)), None)


@transaction.atomic
def settle_alarm(*, by: Actor, item_id: int, found: str) -> None:
    """Close an alarm with what was found and done about it, as an act.

    Raises NotFound, Conflict (settled already), InvalidInput (no word), RuleBroken (promises still broken).
    """
    check_may(by, Permission.LOG_ATTEND)
    item = item_visible_to(by, item_id, for_update=True)
    if item.kind not in KINDS:
        raise NotFound(_("This is no alarm of the public log."), cure=_("See the page of the log."))
    if item.closed_at is not None:
        raise Conflict(_("This alarm has been settled."), cure=_("See the page of the log."))
    if not found.strip() or len(found.strip()) > LONGEST_FINDING:
        raise InvalidInput(_("Say what was found and done, in at most 300 characters."), field="found")
    if item.kind == PROMISE_BROKEN and waiting_acts().overdue:
        raise RuleBroken(
            _("Acts still wait for their entry past the promised time."),
            cure=_("Let the sequencer take them in first; the page of the log says what keeps it."),
        )
    complete_items_of_file(LOG, {item.kind})
    facts = {"item": item.pk, "kind": item.kind, "reason": found.strip()}
    record_act(by=by, kind="public_log.alarm_settled", file=item_ref(item), facts=facts)
