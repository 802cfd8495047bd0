"""Names of places by division code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Q

from yaojian.foundation.reference.models import Division


def load_divisions(rows: Iterable[tuple[str, str, str]]) -> int:
    """Enter divisions (code, name, English name), or bring them up to date; returns how many."""
    divisions = [Division(code=code, name=name, name_en=name_en) for code, name, name_en in rows]
    Division.objects.bulk_create(
        divisions, update_conflicts=True, unique_fields=["code"], update_fields=["name", "name_en"]
    )
    return len(divisions)


def division_names(codes: Iterable[str]) -> dict[str, str]:
    """Names of the divisions with these codes."""
    return dict(Division.objects.filter(code__in=set(codes)).values_list("code", "name"))


def place_of(code: str, names: Mapping[str, str]) -> str:
    """A place in words, from prefecture to township, as far as `names` knows its parts."""
    return "".join(names.get(code[:length], "") for length in (4, 6, 9) if len(code) >= length)


def divisions_within(territories: Iterable[str]) -> dict[str, str]:
    """Names by code of the divisions on some territories (prefixes of codes), and of those they lie in."""
    wanted = Q(pk__in=[])
    for prefix in set(territories):
        wanted |= Q(code__startswith=prefix) | Q(code__in=[prefix[:digits] for digits in (2, 4, 6, 9)])
    return dict(Division.objects.filter(wanted).values_list("code", "name"))


TOWNSHIP_DIGITS, COUNTY_DIGITS = 9, 6


def unknown_divisions(codes: Iterable[str]) -> list[str]:
    """Those of the codes that are no division.

    Below a county of which no township is recorded, every code of that county passes.
    """
    wanted = list(codes)
    parts = {code[:length] for code in wanted for length in (COUNTY_DIGITS, TOWNSHIP_DIGITS, len(code))}
    known = set(Division.objects.filter(code__in=parts).values_list("code", flat=True))

    def is_known(code: str) -> bool:
        if code in known or (len(code) > TOWNSHIP_DIGITS and code[:TOWNSHIP_DIGITS] in known):
            return True
        county = code[:COUNTY_DIGITS]
        return (
            len(code) >= TOWNSHIP_DIGITS
            and county in known
            and not Division.objects.filter(code__startswith=county).exclude(code=county).exists()
        )

    return [code for code in wanted if not is_known(code)]
