"""Whose documents officers see and add to: of subjects, licences and products, as their files let them in."""

from __future__ import annotations

from django.urls import reverse

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.documents.facade import FileKind, register_file_kind
from yaojian.foundation.ledger.facade import SUBJECT_KIND
from yaojian.registers.enterprises.facade import answers_for, subject_visible_to
from yaojian.registers.licences import facade as licences
from yaojian.registers.products import facade as products


def _check_subject(actor: Actor, subject_id: int) -> None:
    check_may(actor, Permission.SUBJECT_VIEW)
    subject_visible_to(actor, subject_id)


def _may_add_to_subject(actor: Actor, subject_id: int) -> bool:
    return answers_for(actor, subject_visible_to(actor, subject_id))


def _subject_page(subject_id: int) -> str:
    return reverse("backoffice:subject", args=[subject_id]) + "?view=documents"


def _check_licence(actor: Actor, licence_id: int) -> None:
    check_may(actor, Permission.LICENCE_VIEW)
    licences.licence_visible_to(actor, licence_id)


def _may_add_to_licence(actor: Actor, licence_id: int) -> bool:
    return licences.user_can_edit(actor, licences.licence_visible_to(actor, licence_id).subject)


def _check_product(actor: Actor, product_id: int) -> None:
    check_may(actor, Permission.PRODUCT_VIEW)
    products.product_visible_to(actor, product_id)


def _may_add_to_product(actor: Actor, product_id: int) -> bool:
    return products.user_can_edit(actor, products.product_visible_to(actor, product_id))


def register() -> None:
    """Let the documents room ask here about the files of this door."""
    for kind in (
        FileKind(SUBJECT_KIND, _check_subject, _may_add_to_subject, _subject_page),
        FileKind(
            licences.FILE_KIND,
            _check_licence,
            _may_add_to_licence,
            lambda pk: reverse("backoffice:licence", args=[pk]),
        ),
        FileKind(
            products.FILE_KIND,
            _check_product,
            _may_add_to_product,
            lambda pk: reverse("backoffice:product", args=[pk]),
        ),
    ):
        register_file_kind(kind)
