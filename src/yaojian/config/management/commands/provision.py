"""Migrate and grant; run by the supervisor as the owner role before the application starts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from yaojian.config.database import grant_to_application, migrate


class Command(BaseCommand):
    help = "Apply migrations and give the application role its rights (run as the owner role)."

    def handle(self, *args: Any, **options: Any) -> None:
        migrate(verbosity=int(options["verbosity"]) - 1)
        grant_to_application()
