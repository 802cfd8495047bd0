"""Organs and agreements that come with the packs, entered by the platform; safe to repeat."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from yaojian.foundation.accounts import events
from yaojian.foundation.accounts.contracts import Level, OrganKind, Shared, Tree
from yaojian.foundation.accounts.models import Organ, OrganPeriod, SharingAgreement
from yaojian.foundation.accounts.organ_actions import lock_tree
from yaojian.foundation.accounts.organ_present import bring_to_present
from yaojian.foundation.accounts.organ_rules import check_fields, check_tree
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.timekeeping import today

RECORDS_BEGIN = date(2019, 1, 1)
"""The day from which organs of the packs are recorded; when they were founded the plans do not say."""


@transaction.atomic
def register_organ(
    *,
    code: str,
    name: str,
    level: Level,
    parent: Organ | None = None,
    territories: Sequence[str] = (),
    name_en: str = "",
    short_name: str = "",
    kind: OrganKind = OrganKind.BUREAU,
    tree: Tree = Tree.GOVERNMENT,
    note: str = "",
    note_en: str = "",
    valid_from: date = RECORDS_BEGIN,
) -> Organ:
    """Enter an organ in the tree; a repeated entry that says something new corrects it as it is today.

    An entry that has not changed leaves the organ as people have made it since. `tree` matters for a root
    alone. What was new or corrected is announced (`events`) and so recorded in the journal.
    """
    entered = {
        "name": name,
        "name_en": name_en,
        "short_name": short_name or name[:40],
        "level": level.value,
        "kind": kind.value,
        "parent_id": parent.pk if parent else None,
        "territories": list(territories),
    }
    told = [*entered.items(), note, note_en, tree.value, parent.code if parent else ""]
    digest = hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()
    organ = Organ.objects.filter(code=code).first()
    if organ is not None and organ.entry_digest == digest:
        return organ
    lock_tree()
    check_fields(entered)
    its_tree = parent.tree if parent else tree.value
    if organ is None:
        organ = Organ.objects.create(
            code=code, note=note, note_en=note_en, tree=its_tree, entry_digest=digest, **entered
        )
        organ.path = f"{parent.path if parent else ''}{organ.pk}."
        organ.save(update_fields=["path"])
        OrganPeriod.objects.create(organ=organ, valid_from=valid_from, **entered)
        events.announce(events.OrganRegistered(organ, True, list(entered)))
        return organ
    Organ.objects.filter(pk=organ.pk).update(note=note, note_en=note_en, entry_digest=digest)
    _correct(organ, entered)
    return organ


def _correct(organ: Organ, entered: dict[str, Any]) -> None:
    """Let an organ's row and its period of today say what the entry says."""
    changed = [name for name, value in entered.items() if getattr(organ, name) != value]
    if changed:
        periods = OrganPeriod.objects.filter(in_force_q(today()), organ=organ)
        periods.update(**{name: entered[name] for name in changed})
        check_tree(today())
        bring_to_present()
        organ.refresh_from_db()
        columns = ["parent" if name == "parent_id" else name for name in changed]
        events.announce(events.OrganRegistered(organ, False, columns))


@transaction.atomic
def register_agreement(
    *,
    giver: Organ,
    taker: Organ,
    shares: Collection[Shared],
    document: str,
    valid_from: date,
    territories: Sequence[str] = (),
) -> SharingAgreement:
    """Enter an agreement of the packs once; one that people have ended stays ended."""
    agreement, is_new = SharingAgreement.objects.get_or_create(
        giver=giver,
        taker=taker,
        valid_from=valid_from,
        defaults={
            "shares": sorted(share.value for share in shares),
            "document": document,
            "territories": list(territories),
        },
    )
    if is_new:
        events.announce(events.AgreementRegistered(agreement))
    return agreement
