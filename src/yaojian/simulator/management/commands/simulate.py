"""Fills an empty installation with a simulated Changji Prefecture and Barkol County."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from yaojian.foundation.errors import NotFound
from yaojian.foundation.timekeeping import today
from yaojian.simulator.loader import load_world, register_is_empty
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
    "moved": ("退回、移交、代理的工作项", "work items returned, handed over or delegated"),
    "assigned": ("已分派给昌吉州检查员的逾期药店", "overdue pharmacies given to the Changji officer"),
}


class Command(BaseCommand):
    help = "Simulate Changji Prefecture and Barkol County: subjects, officers and two years of inspections."

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

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
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
