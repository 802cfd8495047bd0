"""The part of the bench `ledger` that runs inside."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from yaojian.bench.contracts import BenchFailed
from yaojian.bench.ledger import inside
from yaojian.bench.scratch import MARK
from yaojian.foundation.ledger.facade import Act


class Command(BaseCommand):
    help = "Used by `yaojian bench ledger`. Refuses every data folder but the one made to be measured."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("measure", "receipt-of"))
        parser.add_argument("username", nargs="?", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (Path(os.environ.get("YAOJIAN_DATA", "")) / MARK).exists():
            raise CommandError("acts cannot be removed; this runs only where `yaojian bench ledger` measures")
        try:
            if options["what"] == "measure":
                self.stdout.write(json.dumps(inside.measure()))
                return
            act = Act.objects.filter(actor__username=options["username"], leaf__isnull=False).order_by("pk")
            uid = act.values_list("uid", flat=True)[0]
            self.stdout.write(json.dumps(reverse("backoffice:act_receipt", args=[uid])))
        except (BenchFailed, IndexError) as failure:
            raise CommandError(str(failure)) from failure
