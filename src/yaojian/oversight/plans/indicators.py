"""Indicators and their versions: equal formulas are one indicator, a changed formula is its next version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Max

from yaojian.foundation.timekeeping import now
from yaojian.oversight.plans.models import Figure, Indicator, IndicatorVersion
from yaojian.oversight.plans.rows import Part


def define_indicators(parts: Sequence[Part], before: Mapping[str, int]) -> dict[str, IndicatorVersion]:
    """By figure key, the version of an indicator that each part's formula is; new ones are written.

    `before` are the versions (keys) that the plan's figures had, by figure key. A formula that is known is
    that version. An unknown one is the next version of what its figure measured, when no figure of another
    plan measures that any more in the old way; else it is an indicator of its own.
    """
    formulas = {part.key: part.formula for part in parts if part.formula is not None}
    digests = {formula.digest for formula in formulas.values()}
    known = {version.digest: version for version in IndicatorVersion.objects.filter(digest__in=digests)}
    titles = {part.key: part for part in parts}
    found: dict[str, IndicatorVersion] = {}
    for key, formula in formulas.items():
        version = known.get(formula.digest)
        if version is None:
            indicator = _continued(before.get(key)) or Indicator.objects.create(
                title_zh=titles[key].title_zh, title_en=titles[key].title_en, shape=formula.shape
            )
            last = indicator.versions.aggregate(last=Max("number"))["last"] or 0
            version = IndicatorVersion.objects.create(
                indicator=indicator,
                number=last + 1,
                digest=formula.digest,
                formula=formula.to_dict(),
                defined_at=now(),
            )
            known[formula.digest] = version
        found[key] = version
    return found


def _continued(version_id: int | None) -> Indicator | None:
    """The indicator that a changed formula continues: the figure's own, unless other plans still use it."""
    if version_id is None:
        return None
    version = IndicatorVersion.objects.select_related("indicator").get(pk=version_id)
    in_use = Figure.objects.filter(version__indicator=version.indicator_id, version=version)
    return None if in_use.exists() else version.indicator
