"""What a person decides when the sequencer refuses to sign."""

from __future__ import annotations

from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from yaojian.config.public_log import new_origin, places_of
from yaojian.foundation.ledger.sequencing.mending import adopt_leaves, rebuild, restore_head
from yaojian.foundation.ledger.sequencing.sequencer import Busy, LogRefused
from yaojian.foundation.ledger.transparency.head import Head
from yaojian.foundation.ledger.transparency.keys import KeyRefused
from yaojian.foundation.ledger.transparency.tiles import TileDamaged


class Command(BaseCommand):
    help = "Let the public log go on after a restored backup or a lost second place; nothing is forked."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--adopt", action="store_true", help="take leaves that the database lost from the published files"
        )
        what.add_argument(
            "--lost-head",
            action="store_true",
            help="fill an empty second place from the published checkpoint",
        )
        what.add_argument(
            "--rebuild",
            action="store_true",
            help="write lost public files anew from the database",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        environment = settings.ENVIRONMENT
        places = places_of(environment)
        files, head = places.files(), Head(places.head)
        try:
            keys = places.keys(new_origin(environment.public_url), has_signed=True)
            if options["lost_head"]:
                checkpoint = restore_head(files, head, keys)
                self.stdout.write(f"✓ the second place holds the checkpoint of {checkpoint.size} leaves")
                return
            with psycopg.connect(environment.database_app_url, autocommit=True) as connection:
                if options["rebuild"]:
                    checkpoint = rebuild(connection, files, head, keys)
                    self.stdout.write(f"✓ the public files hold {checkpoint.size} leaves again")
                    return
                adopted = adopt_leaves(connection, files, head, keys)
        except LogRefused as error:
            raise CommandError(f"{error}. {error.cure}") from error
        except (Busy, KeyRefused, TileDamaged) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"✓ {adopted.found} leaves taken back, and {adopted.lost} of acts that are lost")
