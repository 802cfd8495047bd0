"""Organs as a tree with territories, people, and the postings that give people a role in an organ."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.absence_models import Delegation
from yaojian.foundation.accounts.contracts import LEVEL_NAMES, ROLE_NAMES, Level, Role

__all__ = ["Delegation", "Organ", "Posting", "User", "UserManager"]


class Organ(models.Model):
    """An organ of supervision (监管机关). Hierarchy is `parent`; the land it covers is `territories`."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    short_name = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=12, choices=[(level.value, LEVEL_NAMES[level]) for level in Level])
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, unique=True, null=True)
    territories = ArrayField(models.CharField(max_length=12), default=list, blank=True)

    class Meta:
        verbose_name = _("organ")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(level__in=[level.value for level in Level]), name="organ_level_known"
            ),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="organ_not_own_parent"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["path"], name="organ_path", opclasses=["varchar_pattern_ops"])
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The organ's name in the reader's language."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


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

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.display_name


class Posting(models.Model):
    """A person's role in an organ from a day, until a day (任职)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="postings")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="postings")
    role = models.CharField(max_length=20, choices=[(role.value, ROLE_NAMES[role]) for role in Role])
    full_time = models.BooleanField(default=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

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
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organ} · {self.role}"
