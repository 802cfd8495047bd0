"""Notices in the shell, messages on their way out, and who wants what by which way."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.notices.contracts import Channel
from yaojian.foundation.notices.states import DispatchState


class Notice(models.Model):
    """Something that one person is told: its words come from kind and parameters when it is read."""

    recipient = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    link = models.CharField(max_length=200)
    params = models.JSONField(default=dict)
    dedup = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notice")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["recipient", "-id"], name="notice_of_recipient"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="notice_unread"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recipient", "dedup"], condition=~Q(dedup=""), name="notice_once_per_dedup"
            ),
            models.CheckConstraint(condition=Q(link__startswith="/"), name="notice_links_to_us"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Dispatch(models.Model):
    """A notice owed to its reader by one way out of the house."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="dispatches")
    channel = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default=DispatchState.WAITING.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("message")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="waiting"), name="dispatch_waiting"),
            models.Index(fields=["-id"], condition=Q(state="given_up"), name="dispatch_given_up"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "channel"], name="dispatch_once_per_channel"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in DispatchState]), name="dispatch_state_known"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=[channel.value for channel in Channel]), name="dispatch_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="dispatch_sent_when_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.key}"


class Contact(models.Model):
    """Where messages reach a person: personal data, sealed under the person's key."""

    user = models.OneToOneField("accounts.User", models.CASCADE, related_name="+")
    phone = models.TextField(blank=True, help_text="sealed")
    email = models.TextField(blank=True, help_text="sealed")

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"contact of {self.user_id}"


class Preference(models.Model):
    """Whether a person wants a kind of notice by a way out, where that differs from the kind's default."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=10)
    wanted = models.BooleanField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="preference_once"),
            models.CheckConstraint(
                condition=Q(channel__in=[channel.value for channel in Channel]),
                name="preference_channel_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.channel}"
