"""What people do with mandates: set one of the organ's own, end it; commit a draw, make or withdraw it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, Permission, check_may, organ_by_code
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleBroken, Text
from yaojian.foundation.ledger.facade import Ref, record_act
from yaojian.foundation.outbox.facade import publish
from yaojian.foundation.timekeeping import now, today
from yaojian.oversight.mandates.contracts import Source
from yaojian.oversight.mandates.drawing import Members, members_of, write_entries
from yaojian.oversight.mandates.events import MandatesChanged
from yaojian.oversight.mandates.lines import locked_line
from yaojian.oversight.mandates.models import Draw, Mandate
from yaojian.oversight.mandates.offering import NO_DRAW_NAMES, NoDraw, offers_to
from yaojian.oversight.mandates.reading import rule_of, stands
from yaojian.oversight.mandates.rules import checked_share, formula_of_mandate
from yaojian.oversight.mandates.shares import hash_of, wanted_number
from yaojian.oversight.plans.definitions import Formula, describe
from yaojian.oversight.plans.errors import DefinitionError
from yaojian.oversight.plans.facade import in_readers_words

SEED_BYTES = 32
DRAW_KIND = "mandates.draw"
MANDATE_KIND = "mandates.mandate"

WRONG: dict[str, tuple[Text, Text]] = {
    "scope.types": (_("The scope names nobody."), _("Tick a type, a mark or a grade.")),
    "scope.flags_all": (
        _("Nobody can be in this scope: one of the types never carries this mark."),
        _("Take away the type or the mark."),
    ),
    "scope.flags_any": (
        _("Nobody can be in this scope: one of the types never carries any of these marks."),
        _("Take away the type, or add a mark it can carry."),
    ),
    "period.n": (_("The period has no length."), _("Write the number of years.")),
    "period.start": (_("The period has no beginning."), _("Write its first day.")),
    "period.end": (
        _("The period has no end, or ends before it begins."),
        _("Write a last day after the first."),
    ),
    "share": (_("A share lies above 0 and goes up to 100 percent."), _("Write percent, e.g. 25.")),
    "minimum": (_("Each subject needs at least one inspection."), _("Write a whole number from 1 on.")),
}
"""What people read whose definition is wrong; packs say it in the words of the error."""


def own_mandate(by: Actor, title: str, definition: Mapping[str, Any], valid_from: date) -> Mandate:
    """A mandate of the actor's organ that is not saved yet. Raises InvalidInput naming field and cure."""
    if not title.strip():
        raise InvalidInput(_("A mandate needs a title."), field="title", cure=_("Say who must be looked at."))
    try:
        formula = formula_of_mandate(
            definition["scope"],
            definition["act"],
            definition["period"],
            definition.get("minimum", 1),
            definition.get("within", "responsibility"),
        )
        share = checked_share(definition.get("share"))
    except DefinitionError as error:
        said = in_readers_words(error.problem), in_readers_words(error.cure)
        detail, cure = WRONG.get(error.field, said)
        raise InvalidInput(detail, field=error.field, cure=cure) from error
    if share is not None and formula.period is not None and formula.period.unit == "rolling_years":
        raise InvalidInput(
            _("A share is drawn anew in each period; rolling years have no beginning."),
            field="period",
            cure=_("Choose the quarter, the half-year or the year."),
        )
    organ = organ_by_code(by.organ_code)
    _check_levels(organ, formula)
    return Mandate(
        source=Source.OWN.value,
        organ=organ,
        title_zh=title.strip()[:200],
        title_en="",
        formula=formula.to_dict(),
        share=None if share is None else round(Decimal(100 * share.numerator) / share.denominator, 2),
        stratified_by="" if share is None else definition.get("stratified_by", ""),
        responsible_level=organ.level,
        source_zh=organ.name,
        source_en=organ.name_en,
        valid_from=valid_from,
        position=50_000,
    )


def _check_levels(organ: Organ, formula: Formula) -> None:
    asked = set(formula.act.organ_levels) if formula.act else set()
    below = Organ.objects.filter(path__startswith=organ.path or "-").order_by()
    if asked - set(below.values_list("level", flat=True)):
        raise InvalidInput(
            _("A mandate of your organ gives work to your organ and those below it alone."),
            field="levels",
            cure=_("Tick only their levels, or none."),
        )


def set_mandate(
    *, by: Actor, title: str, definition: Mapping[str, Any], valid_from: date | None = None
) -> Mandate:
    """Set a mandate of the actor's own organ: it binds what the organ and those below it answer for.

    Raises Conflict when the organ has set the same one already.
    """
    check_may(by, Permission.MANDATE_MANAGE)
    mandate = own_mandate(by, title, definition, valid_from or today())
    with transaction.atomic():
        locked_line(by)
        _refuse_same(mandate)
        place = Mandate.objects.filter(source=Source.OWN.value, organ_id=by.organ_id).count() + 1
        mandate.code = f"own.{by.organ_code}.{place}"[:60]
        mandate.save()
        record_act(
            by=by,
            kind="mandate.set",
            file=Ref(MANDATE_KIND, mandate.pk),
            facts={
                "mandate": mandate.code,
                "title": mandate.title_zh,
                "formula": describe(Formula.from_dict(mandate.formula), "zh-hans"),
            }
            | ({"share": str(mandate.share)} if mandate.share is not None else {}),
        )
        publish(MandatesChanged([mandate.code]))
    return mandate


def _refuse_same(mandate: Mandate) -> None:
    asked = ("organ", "formula", "share", "stratified_by")
    in_force = Q(valid_to__isnull=True) | Q(valid_to__gte=today())
    same = Mandate.objects.filter(in_force, source=Source.OWN.value, enabled=True)
    found = same.filter(**{name: getattr(mandate, name) for name in asked}).first()
    if found is not None:
        raise Conflict(
            _("Your organ has set the same mandate already: %(code)s.") % {"code": found.code},
            cure=_("Change whom or how often it asks for, or end the other one first."),
        )


def end_mandate(*, by: Actor, code: str, reason: str) -> None:
    """End a mandate that the actor's organ has set itself; its duties and their work are withdrawn.

    Yesterday was its last day: pages of days before show it as it was.
    """
    check_may(by, Permission.MANDATE_MANAGE)
    if not reason.strip():
        raise InvalidInput(_("Say why the mandate ends."), field="reason", cure=_("Write a sentence."))
    with transaction.atomic():
        mandate = Mandate.objects.select_for_update().filter(code=code, source=Source.OWN.value).first()
        if mandate is None or mandate.organ_id != by.organ_id:
            raise NotFound(
                _("Your organ has set no such mandate."),
                cure=_("Plans and national rules end at their source."),
            )
        if _is_over(mandate):
            raise Conflict(_("This mandate has been ended already."))
        if mandate.valid_from < today():
            mandate.valid_to = today() - timedelta(days=1)
        else:  # it has not held a day
            mandate.enabled = False
        mandate.save()
        record_act(
            by=by,
            kind="mandate.ended",
            file=Ref(MANDATE_KIND, mandate.pk),
            facts={"mandate": code, "title": mandate.title_zh, "reason": reason.strip()[:300]},
        )
        publish(MandatesChanged([code]))


def _is_over(mandate: Mandate) -> bool:
    return not mandate.enabled or not stands(mandate, today(), with_arrears=False)


def commit_draw(*, by: Actor, code: str) -> Draw:
    """Commit a seed for a mandate's share in the present period: its hash becomes an act, the seed stays hid.

    Raises RuleBroken for a mandate that asks for everyone or leaves nobody to draw, Conflict where the organ,
    or one above or below it, has committed a draw for the period.
    """
    check_may(by, Permission.MANDATE_MANAGE)
    day = today()
    organ = organ_by_code(by.organ_code)
    with transaction.atomic():
        mandate = _share_mandate(code, organ)
        rule = rule_of(mandate)
        assert rule.formula.period is not None
        start, end = rule.formula.period.bounds(day)
        _refuse_second(mandate, organ, start)
        _refuse_idle(mandate, organ, day)
        seed = secrets.token_hex(SEED_BYTES)
        try:
            with transaction.atomic():
                draw = Draw.objects.create(
                    mandate=mandate,
                    organ=organ,
                    period_start=start,
                    period_end=end,
                    share=mandate.share or 0,
                    seed=seed,
                    seed_hash=hash_of(seed),
                    committed_at=now(),
                    committed_by_id=by.user_id,
                )
        except IntegrityError as error:
            raise Conflict(_("A draw has been committed for this period already.")) from error
        record_act(by=by, kind="draw.committed", file=Ref(DRAW_KIND, draw.pk), facts=_facts(draw))
    return draw


def _share_mandate(code: str, organ: Organ) -> Mandate:
    mandate = (
        Mandate.objects.select_for_update(of=("self",)).select_related("organ").filter(code=code).first()
    )
    if mandate is None or _is_over(mandate):
        raise NotFound(_("There is no such mandate."), cure=_("Choose one in the list of mandates."))
    if mandate.share is None:
        raise RuleBroken(
            _("This mandate asks for everyone: there is nothing to draw."),
            cure=_("Draws are for mandates that ask for a share."),
        )
    path = mandate.organ.path or "-" if mandate.organ else ""
    if not (organ.path or "").startswith(path):
        raise NotAllowed(_("The mandate binds another region."), cure=_("Ask the organ that answers for it."))
    return mandate


def _refuse_second(mandate: Mandate, organ: Organ, start: date) -> None:
    """Two draws over the same subjects would ask for more than the share."""
    standing = Draw.objects.filter(mandate=mandate, period_start=start, withdrawn_at=None)
    for draw in standing.select_related("organ"):
        one, other = draw.organ.path or "-", organ.path or "-"
        if one.startswith(other) or other.startswith(one):
            raise Conflict(
                _("%(organ)s has committed a draw for this mandate and period.")
                % {"organ": draw.organ.label},
                cure=_("A period is drawn once.")
                if draw.drawn_at is not None
                else _("It can be withdrawn as long as it has not been made."),
            )


def _refuse_idle(mandate: Mandate, organ: Organ, day: date) -> None:
    # Of a mandate set a moment ago nobody is counted yet; its seed may well be committed.
    if offers_to(organ, [mandate], day)[mandate.pk].no_draw is NoDraw.REACHED:
        raise RuleBroken(NO_DRAW_NAMES[NoDraw.REACHED], cure=_("Draw in the next period."))


def make_draw(*, by: Actor, draw_id: int) -> Draw:
    """Reveal the seed and draw: who is chosen, in which order, and who was left out, and why.

    Raises NotFound outside the actor's organ, Conflict when it has been drawn or withdrawn, or its period
    is over.
    """
    check_may(by, Permission.MANDATE_MANAGE)
    with transaction.atomic():
        draw = (
            Draw.objects.select_for_update(of=("self",))
            .select_related("mandate__organ", "organ")
            .filter(pk=draw_id, organ_id=by.organ_id)
            .first()
        )
        if draw is None:
            raise NotFound(_("Your organ has committed no such draw."), cure=_("Commit one first."))
        _refuse_unless_committed(draw)
        members: Members = members_of(draw, today())
        share = Fraction(draw.share) / 100
        draw.members = members.number
        draw.wanted = wanted_number(share, members.number)
        draw.drawn = write_entries(draw, members)
        draw.population_hash = members.digest
        draw.drawn_at, draw.drawn_by_id = now(), by.user_id
        draw.save()
        facts = _facts(draw) | {
            "seed": draw.seed,
            "population_sha256": draw.population_hash,
            "members": draw.members,
            "wanted": draw.wanted,
            "drawn": draw.drawn,
        }
        record_act(by=by, kind="draw.made", file=Ref(DRAW_KIND, draw.pk), facts=facts)
        publish(MandatesChanged([draw.mandate.code]))
    return draw


def _refuse_unless_committed(draw: Draw) -> None:
    match draw.state_on(today()):
        case "drawn":
            raise Conflict(_("This draw has been made already."), cure=_("Its result stands below."))
        case "withdrawn":
            raise Conflict(_("This draw has been withdrawn."), cure=_("Commit a new one."))
        case "lapsed":
            # Whoever was inspected since would be taken for inspected in the period.
            raise Conflict(
                _("The period of this draw is over; nobody can be drawn for it any more."),
                cure=_("Commit a draw for the present period."),
            )


def withdraw_draw(*, by: Actor, draw_id: int, reason: str) -> None:
    """Withdraw a seed that has not been used, of the actor's organ or one below; another may follow.

    Raises NotFound elsewhere, Conflict when the draw has been made, withdrawn, or its period is over.
    """
    check_may(by, Permission.MANDATE_MANAGE)
    if not reason.strip():
        raise InvalidInput(_("Say why the draw is withdrawn."), field="reason", cure=_("Write a sentence."))
    with transaction.atomic():
        draw = (
            Draw.objects.select_for_update(of=("self",))
            .select_related("mandate")
            .filter(pk=draw_id, organ__path__startswith=by.organ_path)
            .first()
        )
        if draw is None:
            raise NotFound(_("There is no such draw."), cure=_("Choose one in the list of draws."))
        _refuse_unless_committed(draw)
        draw.withdrawn_at, draw.withdrawn_by_id = now(), by.user_id
        draw.save()
        facts = _facts(draw) | {"reason": reason.strip()[:300]}
        record_act(by=by, kind="draw.withdrawn", file=Ref(DRAW_KIND, draw.pk), facts=facts)


def _facts(draw: Draw) -> dict[str, Any]:
    return {
        "mandate": draw.mandate.code,
        "title": draw.mandate.title_zh,
        "period_start": draw.period_start.isoformat(),
        "period_end": draw.period_end.isoformat(),
        "share": str(draw.share),
        "seed_sha256": draw.seed_hash,
    }
