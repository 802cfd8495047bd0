"""What statements of one organ and period must be to each other: no part is more than its whole. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _

from yaojian.oversight.statistics.data import Kind, catalogue
from yaojian.oversight.statistics.rules import Fault, dims_in_words, language

ADDED = (Kind.COUNT, Kind.AMOUNT, Kind.HOURS)


class Says(Protocol):
    """A number for a datum with dimensions."""

    @property
    def datum(self) -> str: ...
    @property
    def dims(self) -> Mapping[str, str]: ...
    @property
    def amount(self) -> Decimal | None: ...


def related(data: Iterable[str]) -> set[str]:
    """Some data and those of which they are a part or the whole."""
    found = set(data)
    for key, datum in catalogue().data.items():
        for of in (part.of for part in datum.within):
            if found & {key, of}:
                found |= {key, of}
    return found


def implausible(said: Says, note: str, others: Iterable[Says]) -> list[Fault]:
    """What is wrong with a statement beside others of its organ and period.

    What is narrowed from a datum is never more than the datum. A part stated under another datum (`within`)
    may be, such as reviews of last year's cases; then a remark has to say why.
    """
    if said.amount is None:
        return []
    return [fault for other in others for fault in _beside(said, note, other)]


def _beside(said: Says, note: str, other: Says) -> Iterator[Fault]:
    mine, theirs = said.amount, other.amount
    assert mine is not None
    if theirs is None:
        return
    words = {"n": f"{theirs.normalize():f}", "what": _named(other)}
    if _narrows(said, other) and mine > theirs:
        yield Fault(
            "amount",
            _("The part is larger than the whole of %(n)s.") % words,
            _("Check both numbers; correct the whole first if that one is wrong."),
        )
    elif _narrows(other, said) and theirs > mine:
        yield Fault(
            "amount",
            _("A part of %(n)s is stated already, which is more.") % words,
            _("Check both numbers; correct the part first if that one is wrong."),
        )
    elif not note.strip() and (
        (_is_within(said, other) and mine > theirs) or (_is_within(other, said) and theirs > mine)
    ):
        yield Fault(
            "note",
            _("A share of more than 100 percent follows: %(what)s is stated as %(n)s.") % words,
            _("Check both numbers; if they are right, say why in the remark."),
        )


def _narrows(part: Says, whole: Says) -> bool:
    return (
        part.datum == whole.datum
        and catalogue().data[part.datum].measure_of(part.dims).kind in ADDED
        and whole.dims.items() < part.dims.items()
    )


def _is_within(part: Says, whole: Says) -> bool:
    known = catalogue().data
    return any(
        rule.of == whole.datum
        and rule.when.items() <= part.dims.items()
        and dict(whole.dims)
        == {name: value for name, value in part.dims.items() if name in known[rule.of].dimensions}
        for rule in known[part.datum].within
    )


def _named(said: Says) -> str:
    datum = catalogue().data[said.datum]
    narrowed = dims_in_words(datum, said.dims)
    name = datum.label.text(language())
    return _("%(name)s (%(narrowed)s)") % {"name": name, "narrowed": narrowed} if narrowed else name
