"""What the columns of the officers' lists are when they are taken out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.doors.backoffice.act_words import facts_in_words, title_of
from yaojian.doors.backoffice.queries import subjects_of_acts
from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.exports.facade import Column, Listing
from yaojian.foundation.ledger.facade import Act, late_entries
from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.foundation.worklist.facade import item_kind
from yaojian.registers.enterprises.facade import RISK_NAMES, RiskGrade, Subject, type_name
from yaojian.registers.licences.facade import STATE_NAMES as LICENCE_STATES
from yaojian.registers.licences.facade import Licence, LicenceState
from yaojian.registers.licences.facade import kind_name as licence_kind_name
from yaojian.registers.licences.facade import states_of as states_of_licences
from yaojian.registers.products.facade import KIND_NAMES, Product, ProductKind, ProductState, versions_on
from yaojian.registers.products.facade import STATE_NAMES as PRODUCT_STATES
from yaojian.registers.products.facade import flag_name as product_flag_name
from yaojian.registers.products.facade import states_of as states_of_products

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """A subject with its place in words."""

    subject: Subject
    place: str


SUBJECT_LISTING = Listing(
    "subjects",
    _("Subjects"),
    (
        Column(_("Code"), lambda row: row.subject.code, 22),
        Column(_("Name"), lambda row: row.subject.name, 40),
        Column(pgettext_lazy("subject", "Type"), lambda row: type_name(row.subject.subject_type)),
        Column(_("State"), lambda row: row.subject.status[1], 12),
        Column(_("Responsible organ"), lambda row: row.subject.responsible_organ.label, 30),
        Column(pgettext_lazy("subject", "Place"), lambda row: row.place, 30),
        Column(_("Code of the place"), lambda row: row.subject.division_code, 14),
        Column(_("Address"), lambda row: row.subject.address, 40),
        Column(_("Licence number"), lambda row: row.subject.licence_no, 22),
        Column(
            _("Risk grade"),
            lambda row: RISK_NAMES[RiskGrade(row.subject.risk_grade)] if row.subject.risk_grade else "",
            12,
        ),
        Column(_("In operation since"), lambda row: row.subject.opened_on, 12),
        Column(_("Closed on"), lambda row: row.subject.closed_on, 12),
    ),
)


def subject_rows(subjects: QuerySet[Subject]) -> Iterator[SubjectRow]:
    """Subjects with their places, each name of a place asked for once."""
    names: dict[str, str] = {}
    asked: set[str] = set()
    for subject in subjects.iterator(chunk_size=AT_ONCE):
        code = subject.division_code
        if wanted := {code[:digits] for digits in (4, 6, 9)} - asked:
            asked |= wanted
            names |= division_names(wanted)
        yield SubjectRow(subject, place_of(code, names))


@dataclass(frozen=True, slots=True)
class ActRow:
    """An act with the subject it concerns, where the reader may see it."""

    act: Act
    subject: Subject | None
    entered_after: datetime | None


ACT_LISTING = Listing(
    "acts",
    _("Journal of acts"),
    (
        Column(_("Act"), lambda row: title_of(row.act), 30),
        Column(_("Subject"), lambda row: row.subject.name if row.subject else "", 40),
        Column(_("Code"), lambda row: row.subject.code if row.subject else "", 22),
        Column(_("Done by"), lambda row: row.act.actor_name, 14),
        Column(_("Organ"), lambda row: row.act.organ_name, 30),
        Column(_("Done at"), lambda row: row.act.claimed_at, 17),
        Column(_("Recorded at"), lambda row: row.act.recorded_at, 17),
        Column(_("Late entry, made after"), lambda row: row.entered_after, 17),
        Column(_("Particulars"), lambda row: _in_words(row.act), 60),
        Column(_("Identifier"), lambda row: row.act.uid, 38),
    ),
)


def _in_words(act: Act) -> str:
    return "; ".join(f"{name}: {value}" for name, value in facts_in_words(act.facts))


def act_rows(actor: Actor, acts: QuerySet[Act]) -> Iterator[ActRow]:
    """Acts with their subjects, some hundred at a time."""
    rows: Iterator[Any] = acts.iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(rows, AT_ONCE)):
        subjects, late = subjects_of_acts(actor, chunk), late_entries(chunk)
        for act in chunk:
            yield ActRow(act, subjects.get(act.subject_id or 0), late.get(act.pk))


@dataclass(frozen=True, slots=True)
class LicenceRow:
    """A licence with its state on the day of the list."""

    licence: Licence
    state: LicenceState


LICENCE_LISTING = Listing(
    "licences",
    _("Licences and filings"),
    (
        Column(pgettext_lazy("licence", "Number"), lambda row: row.licence.number, 26),
        Column(_("Kind of licence"), lambda row: licence_kind_name(row.licence.kind), 30),
        Column(_("Holder"), lambda row: row.licence.holder_name, 40),
        Column(_("Code"), lambda row: row.licence.subject.code, 22),
        Column(_("State"), lambda row: LICENCE_STATES[row.state], 12),
        Column(_("Issued on"), lambda row: row.licence.issued_on, 12),
        Column(_("Valid from"), lambda row: row.licence.valid_from, 12),
        Column(_("Valid until"), lambda row: row.licence.expires_on, 12),
        Column(_("Issued by"), lambda row: row.licence.issuer, 30),
        Column(_("Responsible organ"), lambda row: row.licence.subject.responsible_organ.label, 30),
    ),
)


def licence_rows(licences: QuerySet[Licence], day: date) -> Iterator[LicenceRow]:
    """Licences with their states on a day, some hundred at a time."""
    rows: Iterator[Any] = licences.iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(rows, AT_ONCE)):
        states = states_of_licences(chunk, day)
        for licence in chunk:
            yield LicenceRow(licence, states[licence.pk])


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product with what was said about it on the day of the list."""

    product: Product
    said: Any
    state: ProductState


PRODUCT_LISTING = Listing(
    "products",
    _("Products"),
    (
        Column(_("Approval, registration or filing number"), lambda row: row.product.approval_no, 26),
        Column(_("Generic name"), lambda row: row.said.name, 36),
        Column(_("Brand name"), lambda row: row.said.brand, 20),
        Column(pgettext_lazy("product", "Kind"), lambda row: KIND_NAMES[ProductKind(row.product.kind)], 12),
        Column(_("Dosage form"), lambda row: row.said.dosage_form, 14),
        Column(_("Specification or model"), lambda row: row.said.specification, 24),
        Column(_("Holder"), lambda row: row.said.holder_name, 40),
        Column(_("State"), lambda row: PRODUCT_STATES[row.state], 12),
        Column(_("Approved on"), lambda row: row.product.approved_on, 12),
        Column(_("Valid until"), lambda row: row.said.expires_on, 12),
        Column(_("Marks"), lambda row: "; ".join(product_flag_name(flag) for flag in row.said.flags), 40),
    ),
)


def product_rows(products: QuerySet[Product], day: date) -> Iterator[ProductRow]:
    """Products as they were on a day, some hundred at a time."""
    rows: Iterator[Any] = products.iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(rows, AT_ONCE)):
        said = versions_on([product.pk for product in chunk], day)
        states = states_of_products(chunk, day, said)
        for product in chunk:
            yield ProductRow(product, said.get(product.pk, product), states[product.pk])


WORK_LISTING = Listing(
    "work",
    _("Workbench"),
    (
        Column(_("Subject"), lambda item: item.subject_name, 40),
        Column(_("Reason"), lambda item: item.reason, 50),
        Column(_("Kind of work"), lambda item: item_kind(item.kind).name, 22),
        Column(_("Due"), lambda item: item.due_on, 12),
        Column(_("Assigned to"), lambda item: item.assignee.display_name if item.assignee else "", 14),
        Column(_("Organ"), lambda item: item.organ.label, 30),
    ),
)
