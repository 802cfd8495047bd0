"""How figures, dates and deadlines are put into words; pure functions under the template tags."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yaojian.foundation.timekeeping import CHINA, local_date

GROUP = "\u202f"
"""Thousands are set apart by a narrow no-break space (GB/T 15835-2011, 5.1.1, 千分空)."""

KINDS = {
    "overdue": "alert-circle",
    "due_soon": "clock",
    "done": "circle-check",
    "info": "info-circle",
    "neutral": "circle-dashed",
}
"""The five meanings of colour, each with the icon that says the same without colour."""


@dataclass(frozen=True)
class Due:
    """A deadline in words: `kind` is one of KINDS, `title` the full date."""

    kind: str
    text: str
    title: str


def normal_kind(kind: object) -> str:
    """`kind` as a key of KINDS; a hyphen is as good as an underscore, anything unknown is refused."""
    name = str(kind or "neutral").replace("-", "_")
    if name not in KINDS:
        raise ValueError(f"{kind!r} is not a meaning of colour; use one of {', '.join(KINDS)}")
    return name


def as_decimal(value: object) -> Decimal | None:
    """`value` as a finite decimal, or None when there is no such number."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def grouped(value: Decimal, decimals: int = 0) -> str:
    """`value` with a fixed number of decimals and thousands set apart: 2 969, 12.50."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{decimals}f}".replace(",", GROUP)
    return f"\u2212{text}" if rounded < 0 else text


def percentage(value: Decimal, decimals: int = 1) -> str:
    """`value` (in percent) for reading; 99.96 stays below 100 and 0.04 above 0: no target seems met."""
    step = Decimal(1).scaleb(-decimals)
    rounded = value.quantize(step, rounding=ROUND_HALF_UP)
    if rounded == 100 and value < 100:
        rounded = value.quantize(step, rounding=ROUND_DOWN)
    elif rounded == 0 and value > 0:
        rounded = step
    return f"{grouped(rounded, decimals)}%"


def minute(value: date | datetime) -> str:
    """2026-11-22 14:05 in Beijing time; a plain date stays 2026-11-22."""
    if isinstance(value, datetime):
        moment = value.astimezone(CHINA) if value.tzinfo else value
        return moment.strftime("%Y-%m-%d %H:%M")
    return value.isoformat()


def as_date(value: date | datetime) -> date:
    """The Beijing date of a moment, or the date itself."""
    if isinstance(value, datetime):
        return local_date(value) if value.tzinfo else value.date()
    return value


def due_in_words(due: date, today: date, *, soon_days: int = 7, working_days: int | None = None) -> Due:
    """What is left until `due`, in words; `working_days` replaces the count of calendar days when given."""
    title = _("Due on %(date)s") % {"date": due.isoformat()}
    days = (due - today).days
    if days < 0:
        late = -days
        return Due("overdue", ngettext("%(n)s day overdue", "%(n)s days overdue", late) % {"n": late}, title)
    kind = "due_soon" if days <= soon_days else "neutral"
    if days == 0:
        return Due(kind, _("Due today"), title)
    if working_days is not None:
        left = ngettext("%(n)s working day left", "%(n)s working days left", working_days)
        return Due(kind, left % {"n": working_days}, title)
    return Due(kind, ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}, title)


def finished_in_words(due: date, done_on: date) -> Due:
    """How a finished deadline ended: in time, or how many days late."""
    title = _("Due on %(due)s, done on %(done)s") % {"due": due.isoformat(), "done": done_on.isoformat()}
    late = (done_on - due).days
    if late <= 0:
        return Due("done", _("Done in time"), title)
    return Due("neutral", ngettext("Done %(n)s day late", "Done %(n)s days late", late) % {"n": late}, title)


def recorded_late(claimed: object, recorded: object) -> bool:
    """Whether an act was entered on a later day than the one it happened on by more than a day."""
    if isinstance(claimed, datetime) and isinstance(recorded, datetime):
        return recorded - claimed > timedelta(days=1)
    return False
