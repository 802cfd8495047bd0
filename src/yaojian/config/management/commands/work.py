"""The worker: delivers events and runs the scheduled jobs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from yaojian.config.worker import run


class Command(BaseCommand):
    help = "Run the worker until it is told to stop (SIGTERM or Ctrl-C)."

    def handle(self, *args: Any, **options: Any) -> None:
        run()
