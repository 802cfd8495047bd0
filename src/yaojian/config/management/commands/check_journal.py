"""Compare every act's row with the canonical bytes kept beside it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from yaojian.foundation.ledger.facade import Act, altered_acts


class Command(BaseCommand):
    help = "Recompute the canonical bytes of every act and name the rows that differ."

    def handle(self, *args: Any, **options: Any) -> None:
        acts = Act.objects.order_by("pk")
        altered = altered_acts(acts.iterator(chunk_size=2000))
        for act in altered:
            self.stdout.write(f"✗ {act.pk} {act.uid} {act.kind}")
        if altered:
            raise CommandError(f"{len(altered)} acts no longer say what was recorded")
        self.stdout.write(f"✓ {acts.count()} acts say what was recorded")
