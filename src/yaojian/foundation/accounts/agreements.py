"""What organs open to one another: agreements from a day until a day, to read, never to write."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts import events
from yaojian.foundation.accounts.contracts import Actor, Permission, Shared
from yaojian.foundation.accounts.models import Organ, SharingAgreement
from yaojian.foundation.accounts.organ_actions import lock_tree, organ_in_charge
from yaojian.foundation.accounts.organ_rules import check_territories
from yaojian.foundation.accounts.permissions import check_may
from yaojian.foundation.errors import Conflict, InvalidInput, NotFound, RuleBroken
from yaojian.foundation.timekeeping import today


def agreements_of(organ: Organ) -> QuerySet[SharingAgreement]:
    """The agreements in which an organ gives or takes, running ones and ended ones."""
    return SharingAgreement.objects.filter(Q(giver=organ) | Q(taker=organ)).select_related("giver", "taker")


@transaction.atomic
def agree_sharing(
    *,
    by: Actor,
    giver_id: int,
    taker_code: str,
    shares: Collection[Shared],
    document: str,
    valid_from: date,
    valid_to: date | None = None,
    territories: Sequence[str] = (),
) -> SharingAgreement:
    """Open what the giver and those below answer for to the taker's readers; territories narrow it.

    Raises NotFound for a giver outside the own part of the tree, InvalidInput for an unknown taker, for a
    missing document, for territories that are no division codes or for a day in the past, RuleBroken for a
    taker that sees it anyway, Conflict when one between the two runs already.
    """
    lock_tree()
    giver = organ_in_charge(by, giver_id)
    taker = Organ.objects.filter(code=taker_code.strip(), closed_on=None).first()
    if taker is None:
        raise InvalidInput(
            _("No organ has this code."),
            field="taker",
            cure=_("Choose one of the list, or correct the code."),
        )
    _check_terms(giver, taker, shares, document, valid_from, valid_to)
    check_territories(territories)
    ends = Q() if valid_to is None else Q(valid_from__lte=valid_to)
    running = Q(valid_to__isnull=True) | Q(valid_to__gte=valid_from)
    if SharingAgreement.objects.filter(ends & running, giver=giver, taker=taker).exists():
        raise Conflict(
            _("An agreement between these two organs covers some of these days already."),
            field="valid_from",
            cure=_("End that one first, or begin on the day after it ends."),
        )
    return enter_agreement(by, giver, taker, shares, document, valid_from, valid_to, territories)


def _check_terms(
    giver: Organ,
    taker: Organ,
    shares: Collection[Shared],
    document: str,
    valid_from: date,
    valid_to: date | None,
) -> None:
    if (giver.path or "").startswith(taker.path or ""):
        raise RuleBroken(
            _("%(taker)s stands above %(giver)s and sees all of this anyway.")
            % {"taker": taker, "giver": giver},
            field="taker",
        )
    if not document.strip() or not shares:
        raise InvalidInput(
            _("An agreement names the document it rests on and what it opens."),
            field="shares" if document.strip() else "document",
            cure=_("Enter title and number of the document, and tick what is shared."),
        )
    if valid_from < today() or (valid_to is not None and valid_to < valid_from):
        raise InvalidInput(
            _("An agreement begins today or later, and ends after it has begun."),
            field="valid_from",
            cure=_("Correct the two days."),
        )


def enter_agreement(
    by: Actor,
    giver: Organ,
    taker: Organ,
    shares: Collection[Shared],
    document: str,
    valid_from: date,
    valid_to: date | None,
    territories: Sequence[str],
) -> SharingAgreement:
    """Write an agreement that has been checked, and its act."""
    agreement = SharingAgreement.objects.create(
        giver=giver,
        taker=taker,
        territories=list(territories),
        shares=sorted(share.value for share in shares),
        document=document.strip(),
        valid_from=valid_from,
        valid_to=valid_to,
    )
    facts = {
        "organ": giver.code,
        "taker": taker.code,
        "shares": agreement.shares,
        "territories": agreement.territories,
        "document": agreement.document,
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
    events.announce(events.OrganAct(by, "agreement.entered", {k: v for k, v in facts.items() if v}))
    return agreement


def agreement_in_charge(by: Actor, agreement_id: int) -> SharingAgreement:
    """An agreement of an organ that `by` administers, given or taken. Raises NotAllowed, NotFound."""
    check_may(by, Permission.ORGAN_MANAGE)
    own = Q(giver__path__startswith=by.organ_path) | Q(taker__path__startswith=by.organ_path)
    agreements = SharingAgreement.objects.select_related("giver", "taker")
    agreement = agreements.filter(own, pk=agreement_id).first()
    if agreement is None:
        raise NotFound(
            _("There is no such agreement in your part of the tree."),
            cure=_("Choose it on the organ's page."),
        )
    return agreement


@transaction.atomic
def end_sharing(*, by: Actor, agreement_id: int, on: date, reason: str) -> SharingAgreement:
    """Let an agreement end with a day, today or later. The giver's administrator does, or the taker's.

    Raises NotFound outside the own part of the tree, Conflict when it ends sooner anyway.
    """
    lock_tree()
    agreement = agreement_in_charge(by, agreement_id)
    if not reason.strip():
        raise InvalidInput(
            _("Say why the agreement ends."), field="reason", cure=_("Name the decision, for instance.")
        )
    if on < max(today(), agreement.valid_from):
        raise InvalidInput(
            _("An agreement ends today or later, and not before it has begun."),
            field="on",
            cure=_("Choose another day."),
        )
    if agreement.valid_to is not None and agreement.valid_to <= on:
        raise Conflict(_("This agreement ends on %(day)s anyway.") % {"day": agreement.valid_to.isoformat()})
    agreement.valid_to = on
    agreement.save(update_fields=["valid_to"])
    facts = {
        "organ": agreement.giver.code,
        "taker": agreement.taker.code,
        "document": agreement.document,
        "valid_to": on,
        "reason": reason,
    }
    events.announce(events.OrganAct(by, "agreement.ended", facts))
    return agreement
