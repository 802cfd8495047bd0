"""The part of the bench `registers` that runs inside a scratch installation."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from yaojian.bench.contracts import BenchFailed
from yaojian.bench.registers import changing, fill, importing, inside, scoping
from yaojian.bench.scratch import MARK


class Command(BaseCommand):
    help = "Used by `yaojian bench registers`. Refuses every data folder but the one made to be measured."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("fill", "settle", "inside", "import", "change"))
        parser.add_argument("--subjects", type=int, default=0)

    def handle(self, *args: Any, **options: Any) -> None:
        if not (Path(os.environ.get("YAOJIAN_DATA", "")) / MARK).exists():
            raise CommandError(
                "this fills the registers, so it runs only where `yaojian bench registers` measures"
            )
        try:
            if options["what"] == "fill":
                found: dict[str, Any] = dict(fill.fill(options["subjects"]))
            elif options["what"] == "settle":
                found = dict(inside.settle())
            elif options["what"] == "import":
                found = dict(importing.measure(by=fill.registrar(), count=options["subjects"]))
            elif options["what"] == "change":
                changing.keep_changing()
                return
            else:
                found = {
                    "queries": inside.queries(),
                    "requests": scoping.requests(),
                    "scope": scoping.queries(),
                }
        except BenchFailed as failure:
            raise CommandError(str(failure)) from failure
        self.stdout.write(json.dumps(found))
