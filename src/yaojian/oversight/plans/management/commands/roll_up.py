"""Export a province for the national roll-up, or count many provinces' exports on DuckDB or Spark."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from yaojian.foundation.accounts.facade import organ_by_code
from yaojian.foundation.errors import DomainError
from yaojian.foundation.timekeeping import today
from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.packs import load_all

HINT = "install the optional libraries first: pip install -r requirements-analytics.txt"


class Command(BaseCommand):
    help = "The national roll-up of figures over acts: `export` one province, `count` a folder of exports."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("export", "count"))
        parser.add_argument("folder", type=Path, help="the folder of all exports, one folder a province")
        parser.add_argument("--organ", help="code of the province to export")
        parser.add_argument("--as-of", default="", help="the data date, YYYY-MM-DD; today unless given")
        parser.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb")
        parser.add_argument("--plan", default="neimenggu", help="whose figures are counted")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = date.fromisoformat(options["as_of"]) if options["as_of"] else today()
        except ValueError:
            raise CommandError("--as-of is no date; write it as 2025-12-31") from None
        try:
            from yaojian.oversight.plans.roll_up import engines, exports
        except ImportError as missing:
            raise CommandError(f"{missing.name} is not installed; {HINT}") from missing
        try:
            if options["what"] == "export":
                self._export(exports, options["organ"], day, options["folder"])
            elif options["engine"] == "duckdb":
                self._count(engines.DuckEngine(options["folder"]), options["plan"], day)
            else:
                with engines.spark_cluster() as session:
                    self._count(engines.SparkEngine(options["folder"], session), options["plan"], day)
        except DomainError as error:
            raise CommandError(f"{error} {error.cure}") from error

    def _export(self, exports: Any, code: str | None, day: date, folder: Path) -> None:
        if not code:
            raise CommandError("name the province with --organ, such as --organ nmg")
        written = exports.export(organ_by_code(code), day, folder / code)
        for name, rows in written.items():
            self.stdout.write(f"{code}/{name}.parquet: {rows} rows")

    def _count(self, engine: Any, plan: str, day: date) -> None:
        wanted = figures_over_acts(plan)
        counted = engine.count([formula for _key, _title, formula in wanted], day)
        for (key, title, _formula), found in zip(wanted, counted, strict=True):
            done, among = sum(row[0] for row in found.values()), sum(row[1] for row in found.values())
            share = f"{100 * done / among:.2f} %" if among else str(done)
            self.stdout.write(f"{key}  {share:>10}  {done}/{among}  {title}")
            for province, (part, whole, _closed, _later) in sorted(found.items()):
                self.stdout.write(f"    {province:<12} {part}/{whole}")


def figures_over_acts(plan: str) -> list[tuple[str, str, Formula]]:
    """The figures of a plan that are counted from subjects and acts: key, title, formula."""
    packs = [pack for pack in load_all() if pack.plan.code == plan]
    if not packs:
        raise CommandError(f"there is no plan {plan!r}")
    return [
        (part.key, part.title_zh, part.formula)
        for part in packs[0].parts
        if part.formula is not None and part.formula.act is not None
    ]
