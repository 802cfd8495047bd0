"""The kinds of work that the register of people puts on officers' lists."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.worklist.facade import ItemKind, WorkItem, register_kind

REGISTRATION_EXPIRES = "people.registration_expires"
INSPECTOR_EXPIRES = "people.inspector_expires"
SUSPECTED = "people.certificate_suspected"


def _person_page(item: WorkItem) -> str:
    return reverse("people:person", args=[item.file_id])


def register() -> None:
    """Enter the kinds in the worklist's register."""
    edit, view = Permission.PERSON_EDIT, Permission.PERSON_VIEW
    register_kind(
        ItemKind(REGISTRATION_EXPIRES, _("Pharmacist registration expires"), _("Check"), _person_page, view)
    )
    register_kind(
        ItemKind(INSPECTOR_EXPIRES, _("Inspector certificate expires"), _("Renew"), _person_page, edit)
    )
    register_kind(
        ItemKind(SUSPECTED, _("Suspected lending of a certificate"), _("Look into it"), _person_page, view)
    )
