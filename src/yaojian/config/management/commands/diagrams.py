"""Draw the diagrams of all state tables into the READMEs of their rooms."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from yaojian.config.diagrams import stale_readmes, state_tables


class Command(BaseCommand):
    help = (
        "Write every state table's Mermaid diagram into its room's README; --check only tells what is stale."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail when one is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = stale_readmes()
        if options["check"] and stale:
            names = ", ".join(str(path) for path in stale)
            raise CommandError(f"Stale diagrams: {names}. Write them anew: yaojian manage diagrams")
        for path, text in stale.items():
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"{path}: drawn anew")
        tables = sum(len(tables) for tables in state_tables().values())
        self.stdout.write(f"{tables} state tables, {len(stale)} READMEs changed.")
