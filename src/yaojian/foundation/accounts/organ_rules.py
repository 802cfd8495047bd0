"""What the tree of organs allows: checks that raise, naming the field and the cure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.contracts import Level
from yaojian.foundation.accounts.models import Organ, OrganPeriod
from yaojian.foundation.accounts.organ_tree import RANKS, Place, first_cycle, first_orphan
from yaojian.foundation.errors import InvalidInput, NotFound, RuleBroken
from yaojian.foundation.timekeeping import today

CODE = re.compile(r"[a-z0-9]+(\.[a-z0-9]+)*")
LONGEST_CODE = 60
DIVISION_LENGTHS = (2, 4, 6, 9, 12)
YEARS_AHEAD = 10


def no_such_organ() -> NotFound:
    """The one answer for an organ that is not there and for one outside the asker's part of the tree."""
    return NotFound(
        _("There is no such organ in your part of the tree."), cure=_("Choose it in the tree of organs.")
    )


def check_code(code: str) -> None:
    """Raise InvalidInput unless the code is well formed and free."""
    if not CODE.fullmatch(code) or len(code) > LONGEST_CODE:
        raise InvalidInput(
            _("%(code)s is no code of an organ.") % {"code": code[:LONGEST_CODE] or "—"},
            field="code",
            cure=_("Use small letters and digits, parts joined by dots: xj.changji.qitai."),
        )
    if Organ.objects.filter(code=code).exists():
        raise InvalidInput(
            _("The code %(code)s is taken.") % {"code": code}, field="code", cure=_("Choose another code.")
        )


def check_day(on: date, reason: str) -> None:
    """Raise InvalidInput for a past day without a reason, and for a day too far ahead."""
    day = today()
    if on < day and not reason.strip():
        raise InvalidInput(
            _("A change that reaches back needs a reason."),
            field="reason",
            cure=_("Name the decision from which it follows, or choose today."),
        )
    if on > day.replace(year=day.year + YEARS_AHEAD, day=1):
        raise InvalidInput(
            _("The day lies more than ten years ahead."), field="on", cure=_("Choose a nearer day.")
        )


def check_territories(territories: Iterable[str]) -> None:
    """Raise InvalidInput unless each territory has the form of a division code."""
    for code in territories:
        if not re.fullmatch(r"[0-9]+", code) or len(code) not in DIVISION_LENGTHS:
            raise InvalidInput(
                _("%(code)s is no division code.") % {"code": code[:20]},
                field="territories",
                cure=_("A division code has 2, 4, 6, 9 or 12 digits: 652325 for Qitai County."),
            )


def check_fields(fields: Mapping[str, Any]) -> None:
    """Raise InvalidInput or RuleBroken unless an organ may be like this."""
    if not str(fields["name"]).strip():
        raise InvalidInput(_("An organ has a name."), field="name", cure=_("Enter the full name."))
    check_territories(fields["territories"])
    level = Level(fields["level"])
    parent = Organ.objects.filter(pk=fields["parent_id"]).first()
    if parent is not None and RANKS[level] < RANKS[parent.level]:
        raise RuleBroken(
            _("An organ cannot stand under one of a lower level."),
            field="parent",
            cure=_("Choose an organ of the same or a higher level above it."),
        )


def check_not_itself(organ: Organ, parent_id: int | None) -> None:
    """Raise RuleBroken for an organ that is to stand under itself."""
    if parent_id == organ.pk:
        raise RuleBroken(
            _("An organ cannot stand under itself."),
            field="parent",
            cure=_("Choose an organ that is not below the one you move."),
            code="cyclic_tree",
        )


def places() -> list[Place]:
    """Where all organs stood, stand and will stand."""
    rows = OrganPeriod.objects.order_by().values_list("organ_id", "parent_id", "valid_from", "valid_to")
    return [Place(*row) for row in rows]


def check_tree(since: date) -> None:
    """Raise RuleBroken when an organ would stand under itself, or under one that is not there then."""
    rows = places()
    if cycle := first_cycle(rows, since):
        names = Organ.objects.in_bulk(cycle[1])
        raise RuleBroken(
            _("From %(day)s on an organ would stand under itself: %(organs)s.")
            % {
                "day": cycle[0].isoformat(),
                "organs": " → ".join(str(names[key]) for key in [*cycle[1], cycle[1][0]]),
            },
            field="parent",
            cure=_("Choose an organ that is not below the one you move."),
            code="cyclic_tree",
        )
    if orphan := first_orphan(rows, since):
        day, organ, above = orphan
        names = Organ.objects.in_bulk([organ, above])
        raise RuleBroken(
            _("On %(day)s %(organ)s would stand under %(above)s, which does not exist then.")
            % {"day": day.isoformat(), "organ": names[organ], "above": names[above]},
            field="parent",
            cure=_("Choose another organ above it, or another day."),
        )
