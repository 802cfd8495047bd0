"""The kinds of work that inspections put on officers' lists."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yaojian.casework.inspections.contracts import DUE_INSPECTION
from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.worklist.facade import ItemKind, WorkItem, register_kind

CONDUCT = "inspection.conduct"
RECTIFY = "inspection.rectify"
VERIFY = "inspection.verify"


def _open_page(item: WorkItem) -> str:
    return reverse("inspections:open") + "?" + urlencode({"subject": item.subject_id, "item": item.pk})


def _file_page(item: WorkItem) -> str:
    return reverse("inspections:file", args=[item.file_id])


def register() -> None:
    """Enter the kinds in the worklist's register."""
    conduct, verify = Permission.INSPECTION_CONDUCT, Permission.INSPECTION_VERIFY
    register_kind(ItemKind(DUE_INSPECTION, _("Inspection due"), _("Inspect"), _open_page, conduct))
    register_kind(ItemKind(CONDUCT, _("Inspection to conduct"), _("Continue"), _file_page, conduct))
    register_kind(ItemKind(RECTIFY, _("Rectification awaited"), _("Follow up"), _file_page, conduct))
    register_kind(ItemKind(VERIFY, _("Rectification to verify"), _("Verify"), _file_page, verify))
