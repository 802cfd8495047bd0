"""What the scheme says of subjects, from the register and from acts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from yaojian.foundation.copying import is_any_of
from yaojian.foundation.ledger.facade import SUBJECT_KIND, Act
from yaojian.foundation.timekeeping import CHINA, today
from yaojian.registers.enterprises.actions.storing import AT_ONCE, KEY
from yaojian.registers.enterprises.grading.scheme import Assessment, Scheme, risk_scheme
from yaojian.registers.enterprises.models import RiskDecision, RiskProposal, Subject, SubjectFields


def months_before(day: date, months: int) -> date:
    """The day so many months before, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError("no month has fewer than 28 days")


def assessed(subject: SubjectFields, on: date | None = None) -> Assessment:
    """What the scheme says of one subject, from the acts of its window up to a day (today)."""
    scheme, day = risk_scheme(), on or today()
    amounts = _amounts(scheme, day, [subject.pk]).get(subject.pk, {})
    return scheme.assessed(subject.subject_type, subject.flags, amounts)


def _amounts(scheme: Scheme, day: date, keys: Collection[int] | None = None) -> Mapping[int, dict[str, int]]:
    """How much of each factor there is about subjects in the window up to a day; all if none named."""
    kinds = {factor.act for factor in scheme.factors}
    since = datetime.combine(months_before(day, scheme.window_months), time.min, CHINA)
    until = datetime.combine(day, time.max, CHINA)
    acts = Act.objects.filter(
        kind__in=kinds, subject_kind=SUBJECT_KIND, claimed_at__gte=since, claimed_at__lte=until
    )
    if keys is not None:
        acts = acts.filter(is_any_of("subject_id", keys, KEY))
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = acts.order_by().values_list("subject_id", "kind", "facts")
    for key, kind, facts in rows.iterator(chunk_size=AT_ONCE):
        amounts = found[key or 0]
        for code, amount in scheme.amounts([(kind, facts)]).items():
            amounts[code] = amounts.get(code, 0) + amount
    return found


def reasons_as_json(assessment: Assessment) -> list[list[Any]]:
    """The lines of the sum as they are kept."""
    return [[r.kind, r.code, r.amount, r.points] for r in assessment.reasons]


@transaction.atomic
def refresh_proposals() -> int:
    """Compute anew what the scheme proposes for open subjects; how many proposals there are now.

    A grade is proposed where it differs from the one in force, unless somebody has decided about just these
    reasons already. Nothing changes a grade here. Run each night.
    """
    scheme, day = risk_scheme(), today()
    amounts = _amounts(scheme, day)
    decided = dict(RiskDecision.objects.order_by("decided_at", "id").values_list("subject_id", "fingerprint"))
    wanted: dict[int, Assessment] = {}
    subjects = Subject.objects.filter(closed_on=None, merged_into=None).order_by()
    for key, subject_type, flags, grade in subjects.values_list(
        "pk", "subject_type", "flags", "risk_grade"
    ).iterator(chunk_size=AT_ONCE):
        assessment = scheme.assessed(subject_type, flags, amounts.get(key, {}))
        if assessment.grade != grade and decided.get(key) != assessment.fingerprint:
            wanted[key] = assessment
    return _store(wanted, day)


def _store(wanted: Mapping[int, Assessment], day: date) -> int:
    """Make the proposals just these; unchanged ones keep their day."""
    held = dict(RiskProposal.objects.order_by().values_list("subject_id", "fingerprint"))
    gone = [key for key, print_ in held.items() if key not in wanted or wanted[key].fingerprint != print_]
    RiskProposal.objects.filter(is_any_of("subject_id", gone, KEY)).delete()
    new = [key for key in wanted if held.get(key) != wanted[key].fingerprint]
    RiskProposal.objects.bulk_create(
        [
            RiskProposal(
                subject_id=key,
                grade=wanted[key].grade.value,
                score=wanted[key].score,
                reasons=reasons_as_json(wanted[key]),
                fingerprint=wanted[key].fingerprint,
                computed_on=day,
            )
            for key in new
        ],
        batch_size=2000,
    )
    return len(wanted)
