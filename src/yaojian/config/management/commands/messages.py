"""Extract, update, compile and check the message catalogues."""

from __future__ import annotations

import io
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from yaojian.config import catalogues


class Command(BaseCommand):
    help = "Bring the message catalogues up to date with the source and compile them; --check only looks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "rooms", nargs="*", help="only these, for instance foundation/accounts; otherwise all"
        )
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail and list what is wrong"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = io.StringIO()
        status = catalogues.main([*options["rooms"], *(["--check"] if options["check"] else [])], report)
        self.stdout.write(report.getvalue().rstrip())
        if status:
            raise CommandError("The message catalogues are not complete.")
