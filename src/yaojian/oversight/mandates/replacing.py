"""Those drawn whom the mandate binds no more, and who stands in: the next in the order of the seed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.errors import Conflict, NotFound
from yaojian.foundation.ledger.facade import Ref, record_act
from yaojian.foundation.outbox.facade import publish
from yaojian.foundation.timekeeping import today
from yaojian.oversight.mandates.drawing import NOT_DRAWN
from yaojian.oversight.mandates.events import MandatesChanged
from yaojian.oversight.mandates.models import Draw, DrawEntry, Standing
from yaojian.oversight.mandates.reading import DRAWN, STAND_IN, acts_about, rule_of
from yaojian.registers.enterprises.facade import Subject, subjects_by_id

DRAW_KIND = "mandates.draw"


@dataclass(frozen=True, slots=True)
class Gone:
    """One who was drawn and is bound no more, inspected in the period before or not, and who stands in."""

    entry: DrawEntry
    subject: Subject
    inspected_on: date | None
    stand_in: DrawEntry | None

    @property
    def is_open(self) -> bool:
        """Whether the draw lacks an inspection by it."""
        return self.inspected_on is None and self.stand_in is None


def gone_from(draw: Draw, entries: QuerySet[DrawEntry], day: date) -> list[Gone]:
    """Those of some entries who were drawn and whom the mandate binds no more, in order."""
    standing = Standing.objects.filter(mandate_id=draw.mandate_id, subject_id=OuterRef("subject_id"))
    chosen = entries.filter(~Exists(standing), outcome__in=[DRAWN, STAND_IN]).select_related("stand_in")
    found = list(chosen.order_by("stratum", "place"))
    keys = [entry.subject_id for entry in found]
    rule = rule_of(draw.mandate)
    inspected = {
        key: act.day
        for key, acts in acts_about(keys, draw.period_start, min(day, draw.period_end)).items()
        for act in acts
        if rule.counts(act.inspection_kind, act.organ_level)
    }
    subjects = subjects_by_id(keys)
    return [
        Gone(entry, subjects[key], inspected.get(key), getattr(entry, "stand_in", None))
        for entry, key in zip(found, keys, strict=True)
    ]


def replace_gone(*, by: Actor, draw_id: int) -> int:
    """Let the next in the order of the seed stand in for those drawn who are gone; returns how many do.

    Of each stratum the first that was not drawn, is still bound and has not been inspected. Raises NotFound
    outside the actor's organ, Conflict after the period, or when nobody is to be replaced or left.
    """
    check_may(by, Permission.MANDATE_MANAGE)
    with transaction.atomic():
        draw = (
            Draw.objects.select_for_update(of=("self",))
            .select_related("mandate__organ")
            .filter(pk=draw_id, organ_id=by.organ_id, drawn_at__isnull=False)
            .first()
        )
        if draw is None:
            raise NotFound(_("Your organ has made no such draw."), cure=_("Choose one in the list of draws."))
        if draw.period_end < today():
            raise Conflict(_("The period of this draw is over; nobody can be drawn for it any more."))
        pairs = _pairs(draw)
        if not pairs:
            raise Conflict(
                _("Nobody is to be replaced, or nobody is left to stand in."),
                cure=_("The page of the draw says who is gone and why."),
            )
        for gone, stand_in in pairs:
            stand_in.outcome, stand_in.stands_in_for = STAND_IN, gone
            stand_in.save(update_fields=["outcome", "stands_in_for"])
        facts = {
            "mandate": draw.mandate.code,
            "title": draw.mandate.title_zh,
            "seed_sha256": draw.seed_hash,
            "stand_ins": "; ".join(f"{gone.code} → {stand_in.code}" for gone, stand_in in pairs),
        }
        record_act(by=by, kind="draw.replaced", file=Ref(DRAW_KIND, draw.pk), facts=facts)
        publish(MandatesChanged([draw.mandate.code]))
    return len(pairs)


def _pairs(draw: Draw) -> list[tuple[DrawEntry, DrawEntry]]:
    """Each who is gone with the one who stands in, as far as there are any left in its stratum."""
    minimum = int(draw.mandate.formula.get("minimum", 1))
    waiting = Standing.objects.filter(
        mandate_id=draw.mandate_id, subject_id=OuterRef("subject_id"), done__lt=minimum, nobody=False
    )
    left: dict[str, list[DrawEntry]] = defaultdict(list)
    for entry in draw.entries.filter(Exists(waiting), outcome=NOT_DRAWN).order_by(F("place").desc()):
        left[entry.stratum].append(entry)
    return [
        (gone.entry, left[gone.entry.stratum].pop())
        for gone in gone_from(draw, draw.entries.all(), today())
        if gone.is_open and left[gone.entry.stratum]
    ]
