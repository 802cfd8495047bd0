"""Sealed values of one owner, opened or refused with a reason."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.ledger.facade import Ref
from yaojian.foundation.privacy.contracts import SealBroken
from yaojian.foundation.privacy.sealing import CannotOpen, opened_text, place


def field_place(owner: Ref, field: str) -> bytes:
    """The place a value is bound to: this field of this owner."""
    return place("field", owner.kind, str(owner.id), field)


def opened(key: bytes, owner: Ref, field: str, sealed: str) -> str:
    """The value of a field. Raises SealBroken, which names owner and field and never the value."""
    try:
        return opened_text(key, sealed, field_place(owner, field))
    except CannotOpen:
        raise SealBroken(
            _("The sealed %(field)s of %(owner)s was changed or was moved here from elsewhere.")
            % {"field": field, "owner": owner},
            cure=_("Restore it from a backup and tell your security officer."),
        ) from None
