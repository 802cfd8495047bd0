"""Give a person a new password, for an installation without mail."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from yaojian.foundation.accounts.facade import set_password
from yaojian.foundation.accounts.models import User


class Command(BaseCommand):
    help = "Set a new password, end the person's sessions and lift a lock; prints the password to hand over."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(
                f"username: there is no active account {options['username']}. "
                "New ones are made with create_account."
            )
        password = secrets.token_urlsafe(12)
        set_password(user, password)
        self.stdout.write(f"{user.username}  {password}  {user.display_name}")
