"""People, and the postings that give people a role in an organ; organs themselves are in `organ_models`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.absence_models import Delegation
from yaojian.foundation.accounts.contracts import ROLE_NAMES, Role
from yaojian.foundation.accounts.organ_models import Organ, OrganPeriod, SharingAgreement
from yaojian.foundation.accounts.sign_in_models import (
    AccessDenial,
    ApiToken,
    RecoveryCode,
    SecondFactor,
    SignInSession,
)

__all__ = [
    "AccessDenial",
    "ApiToken",
    "Delegation",
    "Organ",
    "OrganPeriod",
    "Posting",
    "RecoveryCode",
    "SecondFactor",
    "SharingAgreement",
    "SignInSession",
    "User",
    "UserManager",
]


class UserManager(BaseUserManager["User"]):
    """Creates people; passwords are hashed with Argon2id."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. What they may do comes from their postings alone."""

    username = models.CharField(_("user name"), max_length=60, unique=True)
    display_name = models.CharField(_("name"), max_length=60)
    is_active = models.BooleanField(default=True)
    failed_sign_ins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    must_change_password = models.BooleanField(default=False)
    left_on = models.DateField(null=True, blank=True, help_text="the last day in service")
    identity = models.CharField(
        max_length=300,
        unique=True,
        null=True,
        help_text="issuer and subject of the outside sign-in",
    )

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.display_name

    def is_in_service(self, on: date) -> bool:
        """Whether the account is active and the person has not left before a day."""
        return self.is_active and (self.left_on is None or self.left_on >= on)


class Posting(models.Model):
    """A person's role in an organ from a day, until a day (任职)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="postings")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="postings")
    role = models.CharField(max_length=20, choices=[(role.value, ROLE_NAMES[role]) for role in Role])
    full_time = models.BooleanField(default=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    seconded_from = models.ForeignKey(
        Organ, models.PROTECT, null=True, blank=True, related_name="+", help_text="home organ of a guest"
    )

    class Meta:
        ordering: ClassVar = ["-valid_from", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="posting_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="posting_role_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(role=Role.GUEST.value) | models.Q(valid_to__isnull=False),
                name="posting_guest_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organ} · {self.role}"
