"""What the duties of a draft would come to: inspections a year for each organ, beside those of today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from yaojian.foundation.accounts.facade import Organ, organ_by_code
from yaojian.foundation.timekeeping import now, today
from yaojian.oversight.drafting.checking import problems_in, read_draft
from yaojian.oversight.drafting.models import PlanDraft
from yaojian.oversight.mandates.facade import Mandate, OrganYear, overdue_under, try_out, years_of
from yaojian.oversight.plans.facade import Figure, plans
from yaojian.oversight.plans.rows import Pack, Part


def reckon(draft_id: int) -> None:
    """Count the duties of a draft and keep the outcome beside it; a draft with problems has none.

    `cost`: {"at", "year", "done", "of", "mandates": [{"key", "title", "title_en", "subjects", "before",
    "after"}], "organs": [{"code", "before", "after", "half_days_before", "half_days_after", "inspectors",
    "room"}]}; `before` and `after` are inspections a year, `room` the half days that the organ's teams have.
    """
    draft = PlanDraft.objects.select_related("based_on").filter(pk=draft_id).first()
    if draft is None:
        return
    if problems_in(draft.pack):
        PlanDraft.objects.filter(pk=draft.pk, cost__isnull=True).update(cost_version=None)
        return
    pack, day = read_draft(draft.pack), today()
    organ = organ_by_code(pack.plan.organ)
    added = [(part, _mandate(part, pack)) for part in _duty_bearing(pack)]
    seed = draft.based_on.seed if draft.based_on is not None else ""
    present = {m.code: m for m in Mandate.objects.filter(code__startswith=f"{seed}-").select_related("organ")}
    mandates: list[dict[str, Any]] = []
    note = partial(_note, draft, day.year, len(added) + 1, mandates)
    note([])
    for part, mandate in added:
        found = try_out(mandate, present.get(f"{seed}-{part.key.partition('-')[2]}"), organ, day)
        mandates.append(
            {
                "key": part.key,
                "title": part.title_zh,
                "title_en": part.title_en,
                "subjects": found.after.subjects,
                "before": found.before.inspections,
                "after": found.after.inspections,
            }
        )
        note([])
    ending = Mandate.objects.filter(figure_key__in=_followed(pack.plan.start, organ))
    followed = set(ending.values_list("code", flat=True))
    note(_organs(years_of([mandate for _part, mandate in added], followed, organ, day, day.year)), last=True)


def overdue_before(draft: PlanDraft) -> list[tuple[Mandate, int]]:
    """What is overdue today under the plans that the draft would follow: it stays on the worklist."""
    followed = _followed(int(draft.pack["plan"]["start"]), draft.organ)
    return overdue_under(followed, today())


def _followed(start: int, organ: Organ) -> set[str]:
    """The figures of the plans of an organ that end before a year: their duties end with the next plan."""
    earlier = plans().filter(organ=organ, end_year__lt=start)
    return set(Figure.objects.filter(row__plan__in=earlier).values_list("key", flat=True))


def _organs(years: Sequence[OrganYear]) -> list[dict[str, Any]]:
    codes = dict(Organ.objects.filter(pk__in=[one.organ_id for one in years]).values_list("pk", "code"))
    return sorted(
        (
            {
                "code": codes[one.organ_id],
                "before": round(one.before.inspections, 1),
                "after": round(one.after.inspections, 1),
                "half_days_before": round(one.before.half_days, 1),
                "half_days_after": round(one.after.half_days, 1),
                "inspectors": one.inspectors,
                "room": one.room,
            }
            for one in years
        ),
        key=lambda entry: str(entry["code"]),
    )


def _note(
    draft: PlanDraft,
    year: int,
    of: int,
    mandates: list[dict[str, Any]],
    organs: list[dict[str, Any]],
    *,
    last: bool = False,
) -> None:
    """Write down how far the reckoning has come; not over that of a later version."""
    cost = {
        "at": now().isoformat(),
        "year": year,
        "done": of if last else len(mandates),
        "of": of,
        "mandates": mandates,
        "organs": organs,
    }
    PlanDraft.objects.filter(pk=draft.pk, version=draft.version).update(cost=cost, cost_version=draft.version)


def _duty_bearing(pack: Pack) -> Iterator[Part]:
    """The figures from which mandates follow: coverages of subjects by acts, with a goal."""
    for row in pack.rows:
        for part in row.parts:
            formula = part.formula
            if formula is None or formula.shape != "coverage" or formula.act is None or part.same_as:
                continue
            if part.computable and any(not target.baseline for target in part.targets):
                yield part


def _mandate(part: Part, pack: Pack) -> Mandate:
    """The mandate that would follow from a figure; not saved."""
    assert part.formula is not None
    target = part.target_in(pack.plan.end)
    value = target.value if target is not None else None
    is_share = part.unit == "percent" and isinstance(value, int | float) and value < 100
    return Mandate(
        code=part.key,
        source="plan",
        organ=organ_by_code(pack.plan.organ),
        formula=part.formula.to_dict(),
        share=Decimal(str(value)).quantize(Decimal("0.01")) if is_share else None,
        responsible_level=part.responsible_level,
        valid_from=date(pack.plan.start, 1, 1),
    )
