"""Give the installation a new key, and wrap the keys of all personal data under it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from yaojian.foundation.accounts.facade import Organ, organ_by_code, system_actor
from yaojian.foundation.accounts.second_factor import reseal_secrets
from yaojian.foundation.errors import DomainError
from yaojian.foundation.privacy.facade import rewrap_keys
from yaojian.operations.installation import installation_from_environment


class Command(BaseCommand):
    help = (
        "Wrap the data keys of personal data under the installation's present key; with --new-key make a new "
        "one first. Sealed values stay as they are; the old keys stay in secrets.json for old backups."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new-key", action="store_true", help="make a new installation key first")
        parser.add_argument("--organ", help="code of the organ that orders it; the highest one by default")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            code = options["organ"]
            organ = organ_by_code(code) if code else Organ.objects.filter(parent=None).order_by("pk").first()
            if organ is None:
                raise CommandError("No organ has been entered yet, so nobody can order the rotation.")
            if options["new_key"]:
                self._make_new_key()
            wrapped = rewrap_keys(by=system_actor(organ))
            sealed = reseal_secrets()
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{wrapped} data keys wrapped under the present installation key")
        self.stdout.write(f"{sealed} second factors sealed under it")
        if options["new_key"]:
            self.stdout.write(
                "Keep the new secrets.json apart from the backups. Processes that run now use the new "
                "key from their next start; run this command again after it."
            )

    def _make_new_key(self) -> None:
        """Write the new key durably before anything is wrapped with it."""
        installation = installation_from_environment()
        held = installation.secrets()
        if settings.INSTALLATION_KEYS[:1] != (held.installation_key,):
            raise CommandError(
                "YAOJIAN_INSTALLATION_KEY overrides secrets.json here: set the new key there and the old one "
                "in YAOJIAN_PREVIOUS_INSTALLATION_KEYS, restart, and run this command without --new-key."
            )
        renewed = held.with_new_installation_key()
        installation.write_secrets(renewed)
        settings.INSTALLATION_KEYS = (renewed.installation_key, *renewed.previous_installation_keys)
