"""Fills an installation with simulated data: the demo field, or a whole province over five years."""

from __future__ import annotations

import resource
import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from yaojian.foundation.errors import Conflict, NotFound
from yaojian.foundation.timekeeping import today
from yaojian.simulator.loader import load_world, register_is_empty
from yaojian.simulator.provinces.facts import LAST_DAY, codes, province
from yaojian.simulator.provinces.loading import load_province
from yaojian.simulator.world import DEFAULT_SEED, build_world

# The console speaks Chinese first, English beside it, like every other line of a first start.
LINES = {
    "people": ("人员", "people"),
    "subjects": ("监管对象", "subjects"),
    "licences": ("许可和备案", "licences and filings"),
    "ending": ("到期许可证的工作项", "work items of licences that end"),
    "products": ("品种", "products"),
    "personnel": ("执业药师、检查员等人员", "pharmacists, inspectors and others"),
    "inspections": ("监督检查", "inspections"),
    "teams": ("检查组成员", "team members"),
    "findings": ("缺陷", "findings"),
    "acts": ("监管行为", "acts in the journal"),
    "items": ("在办检查的工作项", "work items of open inspections"),
    "duties": ("到期和逾期的检查任务", "inspections due or overdue"),
    "drawn": ("按比例抽取的检查对象", "subjects drawn for a share"),
    "twins": ("疑似重复的监管对象", "subjects that may be entered twice"),
    "neighbours": ("兵团监管对象", "subjects of the Corps beside"),
    "plan_work": ("填报数据", "statements of data"),
    "moved": ("退回、移交、代理的工作项", "work items returned, handed over or delegated"),
    "organs": ("新增监管机关", "organs that the packs do not have"),
    "statements": ("填报数据", "statements of data"),
    "changes": ("监管对象变更", "changes of subjects"),
    "assigned": ("已分派给昌吉州检查员的逾期药店", "overdue pharmacies given to the Changji officer"),
}


class Command(BaseCommand):
    help = (
        "Simulate Changji Prefecture and Barkol County: subjects, officers and two years of inspections; "
        "or, with --province, a whole province over five years with its truth file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--seed", type=int, default=DEFAULT_SEED, help="the same seed gives the same world"
        )
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            default=None,
            metavar="YYYY-MM-DD",
            help="the day on whose eve the simulation ends (default: today)",
        )
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing, without an error, where subjects are registered",
        )
        parser.add_argument("--province", choices=codes(), help="a province, or what a plan below one covers")
        parser.add_argument(
            "--share", type=float, default=1.0, help="of a province: how much of it, above 0 and at most 1"
        )
        parser.add_argument(
            "--until",
            type=date.fromisoformat,
            default=LAST_DAY,
            metavar="YYYY-MM-DD",
            help=f"of a province: the last simulated day (default: {LAST_DAY})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        if options["province"]:
            self._simulate_province(options)
            return
        if not register_is_empty():
            self._refuse(quietly=options["if_empty"])
            return
        world = build_world(options["seed"], options["as_of"] or today())
        try:
            loaded = load_world(world, self._progress)
        except NotFound as error:
            raise CommandError(f"{error} → ./yaojian manage load_packs") from error
        if loaded is None:
            self._refuse(quietly=options["if_empty"])
            return
        seconds = time.monotonic() - began
        self.stdout.write(f"    真值文件 / truth file: {loaded.truth}")
        self.stdout.write(f"    用时 / took: {seconds:.1f} s")

    def _simulate_province(self, options: dict[str, Any]) -> None:
        began = time.monotonic()
        try:
            wanted = province(
                options["province"], seed=options["seed"], share=options["share"], until=options["until"]
            )
            loaded = load_province(wanted, self._part)
        except ValueError as error:
            raise CommandError(str(error)) from error
        except Conflict as error:
            raise CommandError(f"{error} {error.cure}".strip()) from error
        except NotFound as error:
            raise CommandError(f"{error} → ./yaojian manage load_packs") from error
        seconds = time.monotonic() - began
        for step, taken in loaded.seconds.items():
            self.stdout.write(f"    {step}: {taken:.1f} s")
        rows = loaded.counts["subjects"] + loaded.counts["changes"] + loaded.counts["acts"]
        self.stdout.write(f"    真值文件 / truth file: {loaded.truth}")
        speed = f"{rows / seconds:.0f} 行/秒 rows/s · 内存 / memory {_peak():.0f} MiB"
        self.stdout.write(f"    用时 / took: {seconds:.1f} s · {speed}")

    def _part(self, name: str, done: int, total: int) -> None:
        """A step's progress, on one line for as long as the step takes."""
        chinese, english = LINES[name]
        of = f" / {total}" if total else ""
        end = "\n" if done == total or not total else "\r"
        self.stdout.write(f"    {chinese} / {english}: {done}{of}", ending=end)
        self.stdout.flush()

    def _refuse(self, *, quietly: bool) -> None:
        message = (
            "登记册中已有监管对象, 不再生成演示数据 / subjects are already registered, nothing to simulate"
        )
        if not quietly:
            raise CommandError(f"{message} → --if-empty")
        self.stdout.write(f"    {message}")

    def _progress(self, name: str, count: int) -> None:
        chinese, english = LINES[name]
        self.stdout.write(f"    {chinese} / {english}: {count}")
        self.stdout.flush()


def _peak() -> float:
    """The most memory this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
