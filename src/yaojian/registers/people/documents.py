"""Documents of people: certificates, letters of appointment."""

from __future__ import annotations

from django.urls import reverse

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.documents.facade import FileKind, register_file_kind
from yaojian.registers.people.contracts import FILE_KIND
from yaojian.registers.people.queries import may_edit, person_visible_to


def _check_may_see(actor: Actor, person_id: int) -> None:
    check_may(actor, Permission.PERSON_VIEW)
    person_visible_to(actor, person_id)


def _may_add(actor: Actor, person_id: int) -> bool:
    return may_edit(actor, person_visible_to(actor, person_id))


def register() -> None:
    """Let the documents room ask here about people's documents."""
    register_file_kind(
        FileKind(
            FILE_KIND,
            _check_may_see,
            _may_add,
            lambda pk: reverse("people:person", args=[pk]) + "?view=documents",
        )
    )
