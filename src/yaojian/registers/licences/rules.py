"""What an entry in the register of licences must satisfy: rules without a database."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from yaojian.registers.enterprises.facade import type_name
from yaojian.registers.licences.contracts import LicenceEntry, Text
from yaojian.registers.licences.kinds import KINDS, LicenceKind, kinds_for
from yaojian.registers.licences.numbers import LONGEST
from yaojian.registers.licences.states import ENDED, LicenceState

EARLIEST = date(1949, 10, 1)
LONGEST_TERM_YEARS = 30
MAX_SCOPE_ITEMS, MAX_ITEM, MAX_PREMISES, MAX_NAME = 200, 120, 300, 200
ENTERED_STATES = {
    state.value
    for state in (LicenceState.IN_FORCE, LicenceState.SUSPENDED, *ENDED)
    if state is not LicenceState.SUPERSEDED
}


def last_day(first: date, years: int) -> date:
    """The last day of a term of some years: the day before the same date (有效期至)."""
    try:
        return first.replace(year=first.year + years) - timedelta(days=1)
    except ValueError:  # the 29th of February
        return first.replace(year=first.year + years, month=2, day=28)


def problems_of(entry: LicenceEntry, subject_type: str, today: date) -> dict[str, Text]:
    """What is wrong with an entry (its number already plain), by field; empty when nothing is."""
    kind = KINDS.get(entry.kind)
    if kind is None:
        return {"kind": _("There is no kind of licence with this code. Choose one from the list.")}
    problems: dict[str, Text] = {}
    _check_number(kind, entry, problems)
    _check_fit(kind, subject_type, problems)
    _check_days(kind, entry, today, problems)
    _check_state(entry, today, problems)
    _check_lengths(entry, problems)
    return problems


def _check_number(kind: LicenceKind, entry: LicenceEntry, problems: dict[str, Text]) -> None:
    if not entry.number:
        problems["number"] = _("The number is missing. Copy it from the paper.")
    elif len(entry.number) > LONGEST or kind.form_of(entry.number) is None:
        problems["number"] = _("%(number)s is no number of this kind: %(how)s. Example: %(example)s.") % {
            "number": entry.number[:LONGEST],
            "how": kind.explanation,
            "example": kind.number_forms[0].example,
        }


def _check_fit(kind: LicenceKind, subject_type: str, problems: dict[str, Text]) -> None:
    if subject_type in kind.fits:
        return
    possible = kinds_for(subject_type)
    if possible:
        problems["kind"] = _(
            "A subject of the type %(type)s does not hold this kind. It may hold: %(kinds)s."
        ) % {
            "type": type_name(subject_type),
            "kinds": "；".join(str(one.name) for one in possible),
        }
    else:
        problems["kind"] = _(
            "A subject of the type %(type)s needs no licence or filing of this register."
        ) % {"type": type_name(subject_type)}


def _check_days(kind: LicenceKind, entry: LicenceEntry, today: date, problems: dict[str, Text]) -> None:
    first = entry.valid_from or entry.issued_on
    if not EARLIEST <= entry.issued_on <= today:
        problems["issued_on"] = _("The day of issue must lie between 1949 and today.")
    elif kind.abolished_on and entry.issued_on >= kind.abolished_on:
        problems["issued_on"] = _("This kind was abolished on %(day)s; none was issued since.") % {
            "day": kind.abolished_on.isoformat()
        }
    if not EARLIEST <= first <= today + timedelta(days=366):
        problems["valid_from"] = _("The first day must lie between 1949 and a year from now.")
    if entry.expires_on is None:
        if kind.expires:
            problems["expires_on"] = _("This kind ends on a printed day. Enter the day from the paper.")
    elif entry.expires_on < first:
        problems["expires_on"] = _("It would end on %(last)s, before it begins on %(first)s.") % {
            "last": entry.expires_on.isoformat(),
            "first": first.isoformat(),
        }
    elif entry.expires_on > last_day(first, LONGEST_TERM_YEARS):
        problems["expires_on"] = _("It would last more than 30 years. Check the year.")


def _check_state(entry: LicenceEntry, today: date, problems: dict[str, Text]) -> None:
    if entry.state not in ENTERED_STATES:
        problems["state"] = _(
            "This is no state that can be entered. In force, suspended, cancelled, revoked or withdrawn can."
        )
        return
    if entry.state == LicenceState.IN_FORCE:
        return
    if entry.state_since is None:
        problems["state_since"] = _("Since when does this state hold? Enter the day of the decision.")
    elif not min(entry.issued_on, entry.valid_from or entry.issued_on) <= entry.state_since <= today:
        problems["state_since"] = _("The state must have begun between the day of issue and today.")


def _check_lengths(entry: LicenceEntry, problems: dict[str, Text]) -> None:
    texts = {name: getattr(entry, name) for name in ("holder_name", "premises", "issuer", "reason")}
    for name, text in {**texts, "scope": "".join(entry.scope)}.items():
        if "\0" in text:
            problems[name] = _("A null character stands in the text. Type it anew.")
    if len(entry.scope) > MAX_SCOPE_ITEMS or any(len(item) > MAX_ITEM for item in entry.scope):
        problems["scope"] = _("At most 200 items of scope, each of at most 120 characters.")
    if len(entry.premises) > MAX_PREMISES:
        problems["premises"] = _("At most 300 characters.")
    if len(entry.holder_name) > MAX_NAME:
        problems["holder_name"] = _("At most 200 characters.")
    if len(entry.issuer) > MAX_ITEM:
        problems["issuer"] = _("At most 120 characters.")
