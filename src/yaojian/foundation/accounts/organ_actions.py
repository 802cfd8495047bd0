"""Writes to the tree of organs: each takes effect on a day, and says who did it and why.

Who may: an organ administrator (`Permission.ORGAN_MANAGE`) within the own organ and those below. What lies
outside is answered as what does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts import events
from yaojian.foundation.accounts.closing import hindrances
from yaojian.foundation.accounts.contracts import Actor, Level, OrganKind, Permission
from yaojian.foundation.accounts.models import Organ, OrganPeriod
from yaojian.foundation.accounts.organ_present import bring_to_present
from yaojian.foundation.accounts.organ_rules import (
    check_code,
    check_day,
    check_fields,
    check_not_itself,
    check_tree,
    no_such_organ,
)
from yaojian.foundation.accounts.permissions import check_may
from yaojian.foundation.errors import Conflict, InvalidInput, RuleBroken
from yaojian.foundation.periods import ONE_DAY, in_force_q
from yaojian.foundation.timekeeping import today

TREE_LOCK = 0x6F7267
"""Two moves at once could each be harmless and together close a cycle."""


@dataclass(frozen=True, slots=True)
class OrganFields:
    """What an organ is in a period; `territories` are division codes (2, 4, 6, 9 or 12 digits)."""

    name: str
    level: Level
    parent_id: int | None
    territories: tuple[str, ...] = ()
    kind: OrganKind = OrganKind.BUREAU
    short_name: str = ""
    name_en: str = ""


def lock_tree() -> None:
    """Let no other change of the tree happen until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])


def organ_in_charge(by: Actor, organ_id: int | None) -> Organ:
    """An organ that `by` administers. Raises NotAllowed; NotFound as if what lies outside were not there."""
    check_may(by, Permission.ORGAN_MANAGE)
    organ = Organ.objects.filter(pk=organ_id or 0, path__startswith=by.organ_path).first()
    if organ is None:
        raise no_such_organ()
    return organ


@transaction.atomic
def open_organ(
    *, by: Actor, code: str, fields: OrganFields, on: date, reason: str = "", note: str = ""
) -> Organ:
    """Enter a new organ under one that `by` administers, from a day on.

    Raises InvalidInput for a code that is taken or malformed, for territories that are no division codes, for
    a past day without a reason; RuleBroken when the organ above is of a lower level or does not exist then.
    """
    lock_tree()
    parent = organ_in_charge(by, fields.parent_id)
    check_code(code)
    check_day(on, reason)
    check_fields(asdict(fields))
    organ = Organ.objects.create(
        code=code, note=note, parent=parent, tree=parent.tree, **_columns(asdict(fields), without="parent_id")
    )
    organ.path = f"{parent.path}{organ.pk}."
    organ.save(update_fields=["path"])
    OrganPeriod.objects.create(organ=organ, valid_from=on, reason=reason, **_columns(asdict(fields)))
    check_tree(on)
    _announce(by, "organ.opened", organ, name=organ.name, above=parent.code, valid_from=on, reason=reason)
    return organ


@transaction.atomic
def change_organ(
    *, by: Actor, organ_id: int, on: date, changes: Mapping[str, Any], reason: str = ""
) -> Organ:
    """Change name, level, kind, parent or territories of an organ from a day on (fields of OrganFields).

    A later change that was planned already keeps what it was meant to change. Today's and past changes take
    effect at once, future ones when their day has come. Moving an organ (`parent_id`) moves all below it.
    Raises NotFound outside the own part of the tree; InvalidInput, RuleBroken as `open_organ` does, and
    RuleBroken for a move that would put an organ under itself.
    """
    lock_tree()
    organ = organ_in_charge(by, organ_id)
    if "parent_id" in changes and changes["parent_id"] != organ.parent_id:
        organ_in_charge(by, organ.parent_id)
        organ_in_charge(by, changes["parent_id"])
        check_not_itself(organ, changes["parent_id"])
    period = _period_on(organ, on)
    check_day(on, reason)
    wanted = {name: _plain(value) for name, value in changes.items()}
    changed = {name: value for name, value in wanted.items() if getattr(period, name) != value}
    if not changed:
        raise InvalidInput(
            _("Nothing would change on that day."), cure=_("Change a value, or choose another day.")
        )
    check_fields({**_held(period), **changed})
    before = {name: getattr(period, name) for name in changed}
    _enter_change(period, on, changed, reason)
    check_tree(on)
    bring_to_present()
    kind = "organ.moved" if set(changed) == {"parent_id"} else "organ.changed"
    _announce(by, kind, organ, valid_from=on, reason=reason, **_facts(before, changed))
    return Organ.objects.get(pk=organ.pk)


@transaction.atomic
def close_organ(*, by: Actor, organ_id: int, on: date, reason: str) -> Organ:
    """Let an organ end with a day (its last). What was planned for later is dropped.

    Raises RuleBroken, naming what and how much, while it has organs below it, people in office, running
    agreements, open subjects, open work or open files.
    """
    lock_tree()
    organ = organ_in_charge(by, organ_id)
    organ_in_charge(by, organ.parent_id)
    if not reason.strip():
        raise InvalidInput(
            _("Say why the organ closes."), field="reason", cure=_("Name the decision, for instance.")
        )
    period = _period_on(organ, on)
    if on < today() - timedelta(days=366):
        raise InvalidInput(
            _("An organ cannot be closed more than a year back."),
            field="on",
            cure=_("Choose a later day, and name the true one in the reason."),
        )
    if held := hindrances(organ, on):
        raise RuleBroken(
            _("%(organ)s still has: %(held)s.")
            % {"organ": organ, "held": _(", ").join(f"{h.what} ({h.count})" for h in held)},
            cure=_("Hand these over to another organ first."),
            field="on",
        )
    dropped, _by_model = OrganPeriod.objects.filter(organ=organ, valid_from__gt=on).delete()
    period.valid_to = on
    period.save(update_fields=["valid_to"])
    organ.closed_on = on
    organ.save(update_fields=["closed_on"])
    _announce(by, "organ.closed", organ, valid_to=on, reason=reason, dropped=dropped)
    return organ


def _period_on(organ: Organ, on: date) -> OrganPeriod:
    """The organ's period on a day. Raises InvalidInput before it existed, Conflict after it closed."""
    periods = OrganPeriod.objects.filter(organ=organ)
    period = periods.filter(in_force_q(on)).first()
    if period is not None:
        return period
    first = periods.order_by("valid_from").first()
    if first is not None and on < first.valid_from:
        raise InvalidInput(
            _("%(organ)s is recorded from %(day)s on; nothing can change before.")
            % {"organ": organ, "day": first.valid_from.isoformat()},
            field="on",
            cure=_("Choose that day or a later one."),
        )
    raise Conflict(
        _("%(organ)s does not exist any more on that day.") % {"organ": organ},
        field="on",
        cure=_("Choose a day before it closed."),
    )


def _enter_change(period: OrganPeriod, on: date, changed: Mapping[str, Any], reason: str) -> None:
    """Let `changed` hold from a day on: split the period, carry on into later ones that did not differ."""
    before = {name: getattr(period, name) for name in changed}
    end = period.valid_to
    if period.valid_from == on:
        for name, value in changed.items():
            setattr(period, name, value)
        period.reason = reason or period.reason
        period.save()
    else:
        period.valid_to = on - ONE_DAY
        period.save(update_fields=["valid_to"])
        OrganPeriod.objects.create(
            organ_id=period.organ_id,
            valid_from=on,
            valid_to=end,
            reason=reason,
            **{**_held(period), **changed},
        )
    for later in OrganPeriod.objects.filter(organ_id=period.organ_id, valid_from__gt=on).order_by(
        "valid_from"
    ):
        for name in list(before):
            if getattr(later, name) == before[name]:
                setattr(later, name, changed[name])
            else:
                del before[name]
        later.save()


def _held(period: OrganPeriod) -> dict[str, Any]:
    return {name: getattr(period, name) for name in OrganFields.__dataclass_fields__}


def _plain(value: Any) -> Any:
    """A field's value as the table holds it."""
    if isinstance(value, Level | OrganKind):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def _columns(fields: Mapping[str, Any], without: str = "") -> dict[str, Any]:
    columns = {name: _plain(value) for name, value in fields.items() if name != without}
    columns["short_name"] = columns["short_name"] or columns["name"][:40]
    return columns


def _facts(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, object]:
    """What changed, from what to what; organs above by their codes."""

    def told(name: str, value: Any) -> Any:
        if name == "parent_id":
            return Organ.objects.filter(pk=value).values_list("code", flat=True).first() or ""
        return value

    names = {name: "parent" if name == "parent_id" else name for name in after}
    return {
        "changed": sorted(names.values()),
        "before": {names[name]: told(name, before[name]) for name in after},
        "after": {names[name]: told(name, after[name]) for name in after},
    }


def _announce(by: Actor, kind: str, organ: Organ, **facts: object) -> None:
    kept = {name: value for name, value in facts.items() if value not in ("", None, 0)}
    events.announce(events.OrganAct(by, kind, {"organ": organ.code, **kept}))


def codes_of(text: str | Sequence[str]) -> tuple[str, ...]:
    """Division codes as typed (separated by spaces, commas or lines) or listed, each once, in order."""
    parts = (
        text.replace("，", " ").replace(",", " ").replace("、", " ").split()
        if isinstance(text, str)
        else text
    )
    return tuple(dict.fromkeys(parts))
