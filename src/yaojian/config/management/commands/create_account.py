"""Make an account with a posting, for an installation without demo data."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from yaojian.foundation.accounts.facade import ROLE_NAMES, Role, organ_by_code, post_person
from yaojian.foundation.accounts.models import User
from yaojian.foundation.errors import NotFound
from yaojian.foundation.timekeeping import today


class Command(BaseCommand):
    help = "Make an account with a posting in an organ; prints a password to be handed over and changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="the person's name")
        parser.add_argument("--organ", required=True, help="code of the organ, for instance xj.changji")
        parser.add_argument("--role", required=True, choices=[role.value for role in Role])
        parser.add_argument("--part-time", action="store_true", help="the person is a part-time officer")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(username=options["username"]).exists():
            raise CommandError(f"username: {options['username']} is taken. Choose another user name.")
        try:
            organ = organ_by_code(options["organ"])
        except NotFound as error:
            raise CommandError(f"organ: {error} The codes stand in packs/organs.yaml.") from error
        role, password = Role(options["role"]), secrets.token_urlsafe(12)
        user = post_person(
            username=options["username"],
            display_name=options["name"],
            organ=organ,
            role=role,
            valid_from=today(),
            password=password,
            full_time=not options["part_time"],
        )
        # Whoever reads the console knows the password: it is good for one sign-in.
        User.objects.filter(pk=user.pk).update(must_change_password=True)
        self.stdout.write(
            f"{options['username']}  {password}  {options['name']}  {ROLE_NAMES[role]}  {organ.name}"
        )
