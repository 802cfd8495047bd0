"""Sealing, revealing and destroying."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.errors import Conflict, InvalidInput
from yaojian.foundation.ledger.facade import Ref, record_act
from yaojian.foundation.privacy.keys import (
    current_wrapping_key,
    data_keys,
    existing_keys,
    unwrapped,
    wrapped_under,
)
from yaojian.foundation.privacy.models import DataKey
from yaojian.foundation.privacy.opening import field_place, opened
from yaojian.foundation.privacy.sealing import sealed_text
from yaojian.foundation.timekeeping import now

LONGEST_PURPOSE = 200


def seal(owner: Ref, field: str, value: str) -> str:
    """A value as text that only opens as this field of this owner; "" for no value.

    The owner's data key is made with the first seal. Raises KeyDestroyed once it was destroyed.
    """
    return seal_all([(owner, field, value)])[0]


def seal_all(entries: Iterable[tuple[Ref, str, str]]) -> list[str]:
    """`seal` of many (owner, field, value), in order, with few queries."""
    rows = list(entries)
    keys = data_keys([owner for owner, _field, value in rows if value])
    return [
        sealed_text(keys[owner], value, field_place(owner, field)) if value else ""
        for owner, field, value in rows
    ]


@transaction.atomic
def reveal(*, by: Actor, owner: Ref, sealed: Mapping[str, str], purpose: str) -> dict[str, str]:
    """The values of an owner's sealed fields, for a purpose; the look is an act (`personal_data.viewed`).

    The caller has scoped the owner to the actor. The act names fields, owner and purpose, never a value.
    Raises NotAllowed, InvalidInput (no purpose), KeyDestroyed, KeyUnknown, SealBroken.
    """
    check_may(by, Permission.PERSONAL_DATA_REVEAL)
    reason = _purpose(purpose)
    row = existing_keys([owner]).get(owner)
    present = {field: text for field, text in sealed.items() if text}
    if row is None or not present:
        raise Conflict(_("Nothing is sealed here."), cure=_("Enter it first, if it is needed."))
    key = unwrapped(row)
    values = {field: opened(key, owner, field, text) for field, text in present.items()}
    if any(value in reason for value in values.values()):
        raise InvalidInput(
            _("The purpose holds the number itself, and a purpose is kept in the journal for ever."),
            field="purpose",
            cure=_("Say what you need it for, without the number."),
        )
    record_act(
        by=by,
        kind="personal_data.viewed",
        file=owner,
        facts={"fields": sorted(values), "purpose": reason},
    )
    return values


def _purpose(text: str) -> str:
    reason = " ".join(text.split())
    if not reason:
        raise InvalidInput(
            _("Say for what purpose you look at personal data."),
            field="purpose",
            cure=_("Choose or write the purpose; it is kept with the act."),
        )
    if len(reason) > LONGEST_PURPOSE:
        raise InvalidInput(
            _("The purpose is longer than 200 characters."), field="purpose", cure=_("Shorten it.")
        )
    return reason


@transaction.atomic
def destroy_key(*, by: Actor, owner: Ref, reason: str) -> None:
    """Erase an owner's personal data by destroying its key: nothing that it sealed opens again.

    The caller has scoped the owner to the actor. Copies in backups stay readable until those are discarded.
    Raises NotAllowed, InvalidInput (no reason), Conflict (no key, or destroyed already).
    """
    check_may(by, Permission.PERSONAL_DATA_REVEAL)
    words = _purpose(reason)
    destroyed = DataKey.objects.filter(
        owner_kind=owner.kind, owner_id=owner.id, wrapped__isnull=False
    ).update(wrapped=None, wrapping_key_id="", destroyed_at=now())
    if not destroyed:
        raise Conflict(
            _("There is no key to destroy: nothing was sealed, or it was erased already."),
            cure=_("Reload the page."),
        )
    record_act(by=by, kind="personal_data.destroyed", file=owner, facts={"reason": words})


@transaction.atomic
def rewrap_keys(*, by: Actor) -> int:
    """Wrap every data key that an older installation key wrapped under the present one; returns how many.

    Sealed values stay as they are. Raises KeyUnknown or SealBroken when a key does not open; nothing is
    changed then.
    """
    wrapping = current_wrapping_key()
    rows = list(
        DataKey.objects.select_for_update()
        .filter(wrapped__isnull=False)
        .exclude(wrapping_key_id=wrapping.id)
        .order_by("pk")
    )
    for row in rows:
        row.wrapped = wrapped_under(wrapping, Ref(row.owner_kind, row.owner_id), unwrapped(row))
        row.wrapping_key_id = wrapping.id
    DataKey.objects.bulk_update(rows, ["wrapped", "wrapping_key_id"], batch_size=500)
    if rows:
        record_act(by=by, kind="personal_data.keys_rewrapped", facts={"count": len(rows)})
    return len(rows)
