"""The part of the bench `plans` that runs inside a scratch installation."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from yaojian.bench.contracts import BenchFailed
from yaojian.bench.plans import inside, inspectors, mandates
from yaojian.bench.registers.sizes import LEADER
from yaojian.bench.scratch import MARK


class Command(BaseCommand):
    help = "Used by `yaojian bench plans`. Refuses every data folder but the one made to be measured."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("values", "inspectors", "mandates"))
        parser.add_argument("--subjects", type=int, default=0, help="so many are there, for the inspectors")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (Path(os.environ.get("YAOJIAN_DATA", "")) / MARK).exists():
            raise CommandError(
                "this forgets kept values and writes acts: it runs only where `yaojian bench plans` measures"
            )
        try:
            if options["what"] == "inspectors":
                found: Any = inspectors.enter(options["subjects"])
            elif options["what"] == "mandates":
                found = [asdict(reading) for reading in mandates.readings(LEADER)]
            else:
                found = {"values": inside.values(), "by_hand": inside.by_hand()}
        except BenchFailed as failure:
            raise CommandError(str(failure)) from failure
        self.stdout.write(json.dumps(found))
