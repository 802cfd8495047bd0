"""Load the reference packs and the plan packs; quick when nothing has changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from yaojian.config.reference_packs import load_reference_packs
from yaojian.foundation.errors import RuleBroken
from yaojian.foundation.reference.facade import ClockPackRefused
from yaojian.oversight.drafting.facade import reload_adopted
from yaojian.oversight.plans.errors import PackError
from yaojian.oversight.plans.facade import load_packs
from yaojian.registers.jurisdiction.facade import JurisdictionPackRefused, load_jurisdiction


class Command(BaseCommand):
    help = "Load organs, divisions, the working-day calendar and the plan packs."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            load_reference_packs()
            load_jurisdiction()
            changed = load_packs()
            adopted = reload_adopted()
        except (PackError, ClockPackRefused, JurisdictionPackRefused, RuleBroken) as error:
            raise CommandError(str(error)) from error
        became = {code: "loaded" if has_changed else "unchanged" for code, has_changed in changed.items()}
        for code, what in (became | adopted).items():
            self.stdout.write(f"{code}: {what}")
