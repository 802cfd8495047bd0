"""Enter or correct the working-day calendar of a year, for instance when the State Council's notice comes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from yaojian.foundation.accounts.facade import organ_by_code, system_actor
from yaojian.foundation.deadlines.facade import enter_calendar_year
from yaojian.foundation.errors import DomainError
from yaojian.foundation.reference.facade import read_year


class Command(BaseCommand):
    help = (
        "Show what a year's calendar would be by a CSV file (date,working,note: the holidays and the worked "
        "weekends; other days follow the week); with --apply enter it and record the act."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("file", type=Path, help="the exceptions of the whole year")
        parser.add_argument(
            "--organ", required=True, help="code of the organ that orders it, for instance xj"
        )
        parser.add_argument("--apply", action="store_true", help="enter the year, not only show it")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = options["file"].read_bytes()
            organ = organ_by_code(options["organ"])
            year = read_year(options["year"], content.decode())
        except (OSError, UnicodeDecodeError, DomainError) as error:
            raise CommandError(str(error)) from error
        for day in year.changed:
            self.stdout.write(f"{day.day} {'1' if day.is_working else '0'} {day.note}".rstrip())
        self.stdout.write(
            f"{year.year}: {year.working_days} working days, {len(year.exceptions)} exceptions to the week, "
            f"{len(year.changed)} days new or changed"
        )
        if not options["apply"]:
            self.stdout.write("Nothing was entered. Repeat with --apply to enter it.")
        elif year.changed:
            enter_calendar_year(by=system_actor(organ), year=year, text=content.decode())
