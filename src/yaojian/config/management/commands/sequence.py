"""The sequencer: takes acts into the public log and signs it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from yaojian.config import sequencer


class Command(BaseCommand):
    help = "Run the sequencer of the public log until it is told to stop (SIGTERM or Ctrl-C)."

    def handle(self, *args: Any, **options: Any) -> None:
        sequencer.main()
