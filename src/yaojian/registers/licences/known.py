"""What the register already holds about the licences and subjects of a list, to compare with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.copying import is_any_of
from yaojian.registers.enterprises.facade import subjects_visible_to
from yaojian.registers.licences.contracts import Text
from yaojian.registers.licences.kinds import SINGLE
from yaojian.registers.licences.models import Licence, LicenceVersion

Identity = tuple[str, str, date]
"""Kind, number and first day: one term of one licence."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A subject that may hold licences; `answers` is whether the actor's organ may write about it."""

    id: int
    code: str
    name: str
    subject_type: str
    answers: bool


@dataclass(frozen=True, slots=True)
class Span:
    """When a licence holds, and whose number it is."""

    identity: Identity
    first: date
    last: date | None
    number: str
    subject_id: int

    def meets(self, first: date, last: date | None) -> bool:
        """Whether a span of days shares a day with this one."""
        return (self.last is None or first <= self.last) and (last is None or self.first <= last)


@dataclass(slots=True)
class Known:
    """The register's side of a comparison."""

    holders: dict[str, Holder]
    licences: dict[Identity, Licence] = field(default_factory=dict)
    versions: dict[int, LicenceVersion] = field(default_factory=dict)
    by_number: dict[tuple[str, str], list[Span]] = field(default_factory=lambda: defaultdict(list))
    by_subject: dict[tuple[str, int], list[Span]] = field(default_factory=lambda: defaultdict(list))

    def enter(self, kind: str, number: str, subject_id: int, first: date, last: date | None) -> None:
        """Remember a span, whether it comes from the register or from an earlier line of the list."""
        span = Span((kind, number, first), first, last, number, subject_id)
        self.by_number[kind, number].append(span)
        if kind in SINGLE:
            self.by_subject[kind, subject_id].append(span)

    def cut(self, licence: Licence) -> None:
        """A licence of the register now ends on another day."""
        own: Identity = (licence.kind, licence.number, licence.valid_from)
        for spans in (
            self.by_number[licence.kind, licence.number],
            self.by_subject[licence.kind, licence.subject_id],
        ):
            spans[:] = [
                replace(span, last=licence.valid_to) if span.identity == own else span for span in spans
            ]

    def overlap(
        self, kind: str, number: str, subject_id: int, first: date, last: date | None
    ) -> dict[str, Text]:
        """What stands in the way of a licence over some days, by field; its own former span does not."""
        own: Identity = (kind, number, first)
        of_subject = [span for span in self.by_subject[kind, subject_id] if span.identity != own]
        for span in self.by_number[kind, number]:
            if span.meets(first, last) and (span.subject_id != subject_id or span.identity != own):
                return {"number": _("This number is already in use %(days)s.") % {"days": days_of(span)}}
        for span in of_subject:
            if span.meets(first, last):
                return {
                    "valid_from": _(
                        "The subject already holds %(number)s of this kind, %(days)s. "
                        "Renew or end that one first."
                    )
                    % {"number": span.number, "days": days_of(span)}
                }
        return {}


def days_of(span: Span) -> Text:
    """A span of days in words."""
    if span.last is None:
        return _("since %(first)s") % {"first": span.first.isoformat()}
    return _("from %(first)s to %(last)s") % {"first": span.first.isoformat(), "last": span.last.isoformat()}


def holders_of(by: Actor, codes: Iterable[str]) -> dict[str, Holder]:
    """The subjects with some codes that the actor may see, by code (one query)."""
    rows = (
        subjects_visible_to(by)
        .filter(is_any_of("code", codes, models.TextField()))
        .values_list("pk", "code", "name", "subject_type", "responsible_organ__path")
    )
    return {
        code: Holder(pk, code, name, subject_type, (path or "").startswith(by.organ_path))
        for pk, code, name, subject_type, path in rows
    }


def known_of(by: Actor, subject_codes: Collection[str], numbers: Collection[str]) -> Known:
    """What the register holds about some subjects and numbers (three queries)."""
    known = Known(holders_of(by, subject_codes))
    ids = [holder.id for holder in known.holders.values()]
    for licence in Licence.objects.filter(
        is_any_of("subject_id", ids, models.BigIntegerField())
        | is_any_of("number", numbers, models.TextField())
    ):
        known.licences[licence.kind, licence.number, licence.valid_from] = licence
        known.enter(licence.kind, licence.number, licence.subject_id, licence.valid_from, licence.valid_to)
    if known.licences:
        keys = [licence.pk for licence in known.licences.values()]
        of_licences = is_any_of("licence_id", keys, models.BigIntegerField())
        newest = LicenceVersion.objects.filter(of_licences, valid_to__isnull=True)
        known.versions = {version.licence_id: version for version in newest}
    return known
