"""Compares the figures of an installation with the truth file of a simulated province."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from yaojian.simulator.loader import truth_folder
from yaojian.simulator.provinces.checking import Difference, check_truth
from yaojian.simulator.provinces.facts import codes
from yaojian.simulator.provinces.truth_file import truth_files

LEVELS = ("province", "branch", "prefecture", "county", "park", "township")


class Command(BaseCommand):
    help = (
        "Compare what is computed with the truth file of a simulated province; exit code 1 where they differ."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--province", required=True, choices=codes())
        parser.add_argument("--figure", action="append", default=[], help="only this figure; may be repeated")
        parser.add_argument("--all-organs", action="store_true", help="counties, parks and townships as well")
        parser.add_argument("--json", action="store_true", help="each difference as a JSON line")

    def handle(self, *args: Any, **options: Any) -> None:
        found = truth_files(truth_folder(), options["province"])
        if not found:
            raise CommandError(
                f"没有 {options['province']} 的真值文件 / no truth file → ./yaojian simulate --province …"
            )
        checked = check_truth(
            found[-1],
            levels=LEVELS if options["all_organs"] else LEVELS[:3],
            keys=options["figure"],
            progress=self._progress,
        )
        for difference in checked.differences:
            self.stdout.write(
                json.dumps(asdict(difference), ensure_ascii=False) if options["json"] else _line(difference)
            )
        summary = f"核对 / compared: {checked.compared} · 不一致 / different: {len(checked.differences)}"
        if checked.differences:
            raise CommandError(summary, returncode=1)
        self.stdout.write(summary)

    def _progress(self, compared: int) -> None:
        if compared % 200 == 0:
            print(f"    {compared} …", file=sys.stderr, flush=True)


def _line(difference: Difference) -> str:
    lines = [
        f"{difference.key} · {difference.organ} · {difference.as_of} · {difference.what}",
        f"    真值 / truth: {difference.expected}",
        f"    系统 / found: {difference.found}",
    ]
    for title, sides in (
        ("系统缺少 / not found", difference.missing),
        ("系统多出 / not in the truth", difference.surplus),
    ):
        lines += [f"    {title} ({group}): {', '.join(names)}" for group, names in sides.items()]
    return "\n".join(lines)
