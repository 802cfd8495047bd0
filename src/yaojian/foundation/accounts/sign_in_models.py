"""What a person signs in with, the sessions and tokens that come of it, and refusals already on record."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_TOKEN_LIFE = timedelta(days=366)


class SecondFactor(models.Model):
    """A person's authenticator app (TOTP, RFC 6238); it counts once a first code has confirmed it."""

    user = models.OneToOneField("accounts.User", models.PROTECT, related_name="second_factor")
    sealed_secret = models.BinaryField(help_text="the shared secret, sealed under the installation key")
    begun_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0, help_text="the 30-second step of the last code accepted")
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("second factor")

    def __str__(self) -> str:
        return str(self.user)


class RecoveryCode(models.Model):
    """A code on paper that stands in for the authenticator app, once."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_once_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.made_at:%Y-%m-%d}"


class SignInSession(models.Model):
    """One sign-in of a person on one device, as the person and the administrator see it."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="sign_in_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=20, blank=True)
    device = models.CharField(max_length=60, blank=True, help_text="browser and system, by family only")
    network = models.CharField(max_length=50, blank=True, help_text="the network, never the full address")

    class Meta:
        ordering: ClassVar = ["-seen_at", "-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["user", "-seen_at"],
                condition=models.Q(ended_at__isnull=True),
                name="sign_in_session_of_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.device}"


class ApiToken(models.Model):
    """A key with which a system acts in one posting of a person, narrowed to some permissions (接口令牌)."""

    posting = models.ForeignKey("accounts.Posting", models.PROTECT, related_name="tokens")
    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(max_length=8, unique=True)
    token_hash = models.CharField(max_length=64)
    permissions = ArrayField(models.CharField(max_length=40))
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("API token")
        ordering: ClassVar = ["-made_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at"))
                & models.Q(expires_at__lte=models.F("made_at") + LONGEST_TOKEN_LIFE),
                name="token_lives_a_year_at_most",
            ),
            models.CheckConstraint(condition=~models.Q(permissions=[]), name="token_has_permissions"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AccessDenial(models.Model):
    """When a refusal of a person at a page was last put on record, so that a flood leaves one act."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    route = models.CharField(max_length=120)
    permission = models.CharField(max_length=40)
    recorded_at = models.DateTimeField()
    repeats = models.PositiveIntegerField(default=0, help_text="refusals since then that left no act")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "route", "permission"], name="denial_once_per_page")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.route}"
