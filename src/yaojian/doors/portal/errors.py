"""What the public's door refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.errors import DomainError


class TooManyLookUps(DomainError):
    """One address asked more often in a minute than people do."""

    code, status, title = "too_many_look_ups", 429, _("Too many searches at once")
