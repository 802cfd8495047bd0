"""What the room tells others: names of fields, states of a key, and its errors."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.errors import Conflict, DomainError, Misconfigured


class KeyState(StrEnum):
    """Whether what is sealed for somebody can be opened."""

    NONE = "none"
    """Nothing was ever sealed."""
    OPEN = "open"
    DESTROYED = "destroyed"


FIELD_NAMES: dict[str, Promise] = {
    "identity_number": _("Identity number"),
    "phone": _("Mobile number"),
    "email": _("E-mail address"),
}
"""The names of sealed fields in acts and on pages; a room enters its own here."""


def field_name(field: str) -> str:
    """The name of a sealed field in the reader's language."""
    return str(FIELD_NAMES.get(field, field))


class SealBroken(DomainError):
    """A sealed value was changed, or moved here from another person or field."""

    code, status, title = "seal_broken", 500, _("The sealed value cannot be trusted")


class KeyDestroyed(Conflict):
    """The key was destroyed on purpose; nobody opens what it sealed any more."""

    code, title = "key_destroyed", _("The personal data was erased")


class KeyUnknown(Misconfigured):
    """The installation key that the data was sealed under is not among those of this installation."""

    code, title = "key_unknown", _("The installation's key is missing")
