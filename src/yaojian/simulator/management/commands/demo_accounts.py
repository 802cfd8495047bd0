"""Lists the demo accounts of an installation that was given simulated data."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from yaojian.simulator.accounts import demo_accounts


class Command(BaseCommand):
    help = "List the demo accounts; none in an installation without simulated data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="as a JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("zh-hans"):
            accounts = demo_accounts()
        if options["json"]:
            self.stdout.write(json.dumps(accounts, ensure_ascii=False))
            return
        for account in accounts:
            self.stdout.write("  ".join(account.values()))
