"""Who may write about a product: the organ that answers for its holder; the province for others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.copying import is_any_of
from yaojian.foundation.errors import NotAllowed
from yaojian.registers.enterprises.facade import Subject, answers_for, subjects_visible_to
from yaojian.registers.products.contracts import UPPER_LEVELS
from yaojian.registers.products.models import Product


@dataclass(frozen=True, slots=True)
class Holder:
    """A subject that may hold or produce; `answers` is whether the actor's organ may write about it."""

    id: int
    code: str
    name: str
    answers: bool


def holders_of(by: Actor, codes: Iterable[str]) -> dict[str, Holder]:
    """The subjects with some codes that the actor may see, by code (one query)."""
    rows = (
        subjects_visible_to(by)
        .filter(is_any_of("code", codes, models.TextField()))
        .values_list("pk", "code", "name", "responsible_organ__path")
    )
    return {
        code: Holder(pk, code, name, (path or "").startswith(by.organ_path)) for pk, code, name, path in rows
    }


def may_write_without_holder(actor: Actor) -> bool:
    """Whether the actor's organ keeps the products of holders outside the register."""
    return actor.organ_level in UPPER_LEVELS


def user_can_edit(actor: Actor, product: Product) -> bool:
    """Whether the actor may write about a product they have been let see."""
    return actor.may(Permission.PRODUCT_EDIT) and _answers(actor, product.holder)


def check_user_can_edit(actor: Actor, product: Product) -> None:
    """The twin of user_can_edit that raises NotAllowed."""
    check_may(actor, Permission.PRODUCT_EDIT)
    if not _answers(actor, product.holder):
        raise NotAllowed(
            _("Another organ keeps the entry of this product."),
            cure=_("Ask the organ that is responsible for its holder."),
        )


def _answers(actor: Actor, holder: Subject | None) -> bool:
    return may_write_without_holder(actor) if holder is None else answers_for(actor, holder)
