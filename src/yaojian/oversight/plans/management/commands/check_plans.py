"""Count the rows of the plan packs per plan and class, and say what the uncomputed ones wait for."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from yaojian.oversight.plans.contracts import RowClass
from yaojian.oversight.plans.packs import Pack, PackError, counts, load_all


class Command(BaseCommand):
    help = "Check all plan packs and print the count of rows per plan and class."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            packs = load_all()
        except PackError as error:
            raise CommandError(str(error)) from error
        self._table(packs)
        self._computed(packs)
        self._findings(packs)

    def _table(self, packs: list[Pack]) -> None:
        per_plan = counts(packs)
        classes = [klass.value for klass in RowClass]
        self.stdout.write(f"{'plan':<12}" + "".join(f"{name:>11}" for name in classes) + f"{'rows':>8}")
        total: Counter[str] = Counter()
        for pack in packs:
            row = per_plan[pack.plan.code]
            total.update(row)
            cells = "".join(f"{row.get(name, 0):>11}" for name in classes)
            self.stdout.write(f"{pack.plan.code:<12}{cells}{sum(row.values()):>8}")
        cells = "".join(f"{total[name]:>11}" for name in classes)
        self.stdout.write(f"{'all':<12}{cells}{sum(total.values()):>8}")
        extra = [row.id for pack in packs for row in pack.rows if row.supplementary]
        self.stdout.write(f"supplementary rows beyond these: {', '.join(extra) or 'none'}")

    def _computed(self, packs: list[Pack]) -> None:
        rows = [row for pack in packs for row in pack.rows]
        stated = [row for row in rows if not row.supplementary]
        computed = sum(row.computable for row in stated)
        extra = sum(row.computable for row in rows if row.supplementary)
        self.stdout.write(
            f"computed today from registers and inspections: {computed} of {len(stated)} rows,"
            f" and {extra} supplementary"
        )
        waiting: Counter[str] = Counter()
        for row in rows:
            waiting.update({key for part in row.parts for key in part.waits_for})
        self.stdout.write("waiting for data:")
        for key, number in waiting.most_common():
            self.stdout.write(f"  {key:<32}{number:>4} rows")

    def _findings(self, packs: list[Pack]) -> None:
        found = Counter(finding.kind for pack in packs for finding in pack.findings)
        self.stdout.write(
            "recorded flaws of the plans' texts: " + ", ".join(f"{k} {n}" for k, n in sorted(found.items()))
        )
