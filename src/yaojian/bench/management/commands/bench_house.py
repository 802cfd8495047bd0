"""The part of the bench `house` that runs inside: sizes, and the cost of an act."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from yaojian.bench.contracts import BenchFailed
from yaojian.bench.house import acts
from yaojian.bench.scratch import MARK
from yaojian.foundation.ledger.facade import Act
from yaojian.registers.enterprises.facade import Subject


class Command(BaseCommand):
    help = "Used by `yaojian bench house`. Refuses every data folder but the one made to be measured."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("sizes", "acts"))

    def handle(self, *args: Any, **options: Any) -> None:
        if not (Path(os.environ.get("YAOJIAN_DATA", "")) / MARK).exists():
            raise CommandError(
                "acts cannot be removed, so this runs only where `yaojian bench house` measures"
            )
        try:
            found = sizes() if options["what"] == "sizes" else acts.as_fields(acts.measure())
        except BenchFailed as failure:
            raise CommandError(str(failure)) from failure
        self.stdout.write(json.dumps(found))


def sizes() -> dict[str, int]:
    """How many subjects and acts the demo data have."""
    return {"subjects": Subject.objects.count(), "acts": Act.objects.count()}
