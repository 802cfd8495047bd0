"""What may stand in a notice: a closed set of keys, each with values that cannot say who a person is."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date

from yaojian.foundation.accounts.facade import ROLE_NAMES, Organ, Role
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.notices.contracts import ParamKey

NamesOf = Callable[[Collection[str]], Mapping[str, str]]
"""From codes to their names in the reader's language; a code it does not know is left out."""

_FORMS: dict[ParamKey, re.Pattern[str]] = {
    # 昌吉州市监检〔2026〕42号: a year in brackets and a number of at most six digits, so never a phone or
    # identity number; what stands before the bracket is an office's sign without digits.
    ParamKey.FILE_NUMBER: re.compile(r"[^\W\d_]{2,16}〔(19|20)\d\d〕\d{1,6}号"),
    ParamKey.DAYS: re.compile(r"[0-9]{1,4}"),
    ParamKey.COUNT: re.compile(r"[0-9]{1,7}"),
    ParamKey.LEVEL: re.compile(r"[0-9]"),
}
_LINK = re.compile(r"/(?!/)[A-Za-z0-9/_\-.?=&]{0,199}")
_LONG_NUMBER = re.compile(r"\d{9,}")


def _organs(codes: Collection[str]) -> dict[str, str]:
    return {organ.code: organ.label for organ in Organ.objects.filter(code__in=codes)}


def _roles(codes: Collection[str]) -> dict[str, str]:
    return {code: str(ROLE_NAMES[Role(code)]) for code in codes if code in set(Role)}


_names: dict[ParamKey, NamesOf] = {ParamKey.ORGAN: _organs, ParamKey.ROLE: _roles}


def register_names(key: ParamKey, names_of: NamesOf) -> None:
    """Say how the codes of a key are named; the room that owns the codes does so when it starts."""
    _names[key] = names_of


def _fits(key: ParamKey, value: str) -> bool:
    if key is ParamKey.DAY:
        try:
            return date.fromisoformat(value).isoformat() == value
        except ValueError:
            return False
    if key in _FORMS:
        return _FORMS[key].fullmatch(value) is not None
    return key in _names and value in _names[key]([value])


def check_params(params: Mapping[str, str], wanted: frozenset[str]) -> None:
    """Refuse parameters other than the kind's own, and values that could carry personal data.

    Raises InvalidInput; it does not repeat the value.
    """
    if set(params) != wanted:
        raise InvalidInput(
            f"This kind of notice takes {sorted(wanted)}, not {sorted(set(params))}.", field="params"
        )
    for key, value in params.items():
        if not isinstance(value, str) or not _fits(ParamKey(key), value):
            raise InvalidInput(f"The parameter {key!r} does not have a form that may stand in a notice.")


def check_link(link: str) -> None:
    """Refuse an address that is not ours or that could carry a name or a number of a person."""
    if not _LINK.fullmatch(link) or _LONG_NUMBER.search(link):
        raise InvalidInput("A notice links to a page of ours, by keys alone.", field="link")


def names_for(many: Iterable[Mapping[str, str]]) -> dict[tuple[str, str], str]:
    """The names of all codes in many sets of parameters, with one look-up per key."""
    codes: dict[ParamKey, set[str]] = {}
    for params in many:
        for key, value in params.items():
            if (known := ParamKey(key)) in _names:
                codes.setdefault(known, set()).add(value)
    return {
        (key.value, code): name for key, values in codes.items() for code, name in _names[key](values).items()
    }
