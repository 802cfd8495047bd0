"""The bulk door: lists of products into the register."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb
from pypinyin import Style, lazy_pinyin

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.copying import copy_rows, is_any_of, new_keys
from yaojian.foundation.ledger.facade import record_act
from yaojian.foundation.search import search_text_of
from yaojian.foundation.timekeeping import today
from yaojian.registers.products.contracts import Outcome, ProductEntry, Text
from yaojian.registers.products.models import (
    CONTENTS,
    Product,
    ProductCode,
    ProductSite,
    ProductStatus,
    ProductVersion,
)
from yaojian.registers.products.permissions import Holder, holders_of, may_write_without_holder
from yaojian.registers.products.rules import Checked, checked
from yaojian.registers.products.states import PRODUCT_STATES, ProductState

CHUNK = 5_000
PRODUCT_FIELDS = (
    *("id", "kind", "approval_no", "approval", "approved_on", "state", "state_since", "pinyin"),
    *("search_text", "batch", *CONTENTS),
)
VERSION_FIELDS = ("product", "valid_from", "valid_to", "reason", "batch", "replaced", *CONTENTS)
STATUS_FIELDS = ("product", "state", "valid_from", "valid_to", "reason", "batch")
SITE_FIELDS = ("product", "subject", "valid_from", "valid_to", "batch")
CODE_FIELDS = ("product", "kind", "value", "batch")
NOT_HERE: Text = _(
    "No subject with this code is in your area. Check the code, or give the holder's name only."
)
NOT_YOURS: Text = _("Another organ is responsible for this product's holder. Ask it to enter the product.")
NO_HOLDER: Text = _("A product of a holder elsewhere is entered by the province. Enter the holder's code.")


@transaction.atomic
def register_products(
    entries: Iterable[ProductEntry],
    *,
    by: Actor,
    effective_on: date,
    batch: UUID | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Outcome]:
    """Enter products, or bring existing ones up to date; one outcome for each entry, in order.

    An entry is known by kind and approval number. What differs from the register becomes a version from
    `effective_on` on; producers and codes that the register lacks are added; a rerun changes nothing. A
    wrong entry is refused by itself, with its errors by field. Writes one act when anything changed.
    `progress` is told how many entries are through. Raises NotAllowed when the actor does not edit products.
    """
    check_may(by, Permission.PRODUCT_EDIT)
    outcomes: list[Outcome] = []
    rest = iter(entries)
    while chunk := [_without_null(entry) for entry in islice(rest, CHUNK)]:
        outcomes += Portion(by, effective_on, batch).enter(chunk)
        if progress is not None:
            progress(len(outcomes))
    new = [o for o in outcomes if o.change == "new"]
    changed = [o for o in outcomes if o.change == "changed"]
    if new or changed:
        numbers = "\n".join(sorted(o.code for o in (*new, *changed)))
        facts = {
            "count": len(outcomes),
            "new": len(new),
            "changed": len(changed),
            "codes_sha256": hashlib.sha256(numbers.encode()).hexdigest(),
        }
        if batch is not None:
            facts["batch"] = str(batch)
        record_act(by=by, kind="products.registered", facts=facts)
    return outcomes


def _without_null(entry: ProductEntry) -> ProductEntry:
    """Codes of subjects as they can be looked for."""
    producers = tuple(code.replace("\0", "").strip() for code in entry.producers)
    return replace(
        entry,
        holder=entry.holder.replace("\0", "").strip(),
        producers=producers,
        reason=entry.reason.replace("\0", ""),
    )


def initials(name: str) -> str:
    """The pinyin initials of a Chinese name; Latin letters and digits stay."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="default"))[:200].lower()


def found_by(contents: dict[str, Any], approval_no: str, pinyin: str, codes: Iterable[str]) -> str:
    """What a product is found by: names, initials, number, holder, codes."""
    return search_text_of(
        contents["name"], contents["brand"], pinyin, approval_no, contents["holder_name"], *sorted(codes)
    )


def write_search_text(products: Sequence[Product]) -> None:
    """Bring what products are found by up to what is known about them now."""
    codes: dict[int, list[str]] = defaultdict(list)
    of_products = is_any_of("product_id", [product.pk for product in products], models.BigIntegerField())
    for product_id, value in ProductCode.objects.filter(of_products).values_list("product_id", "value"):
        codes[product_id].append(value)
    for product in products:
        product.pinyin = initials(product.name)
        contents = {"name": product.name, "brand": product.brand, "holder_name": product.holder_name}
        product.search_text = found_by(contents, product.approval_no, product.pinyin, codes[product.pk])
    Product.objects.bulk_update(products, ["pinyin", "search_text"], batch_size=500)


class Portion:
    """One portion of a list: compared with the register, then written in a few statements."""

    def __init__(self, by: Actor, effective_on: date, batch: UUID | None) -> None:
        self.by, self.effective_on, self.batch = by, effective_on, batch
        self.today = today()
        self.products: dict[tuple[str, str], Product] = {}
        self.newest: dict[int, ProductVersion] = {}
        self.sites: dict[int, set[int]] = defaultdict(set)
        self.codes: dict[tuple[str, str], int | None] = {}
        self.seen: set[tuple[str, str]] = set()
        self.added: list[tuple[ProductEntry, Checked, dict[str, Any]]] = []
        self.changed: dict[int, Product] = {}
        self.closed: list[ProductVersion] = []
        self.overwritten: list[int] = []
        self.rows: dict[type[models.Model], list[tuple[Any, ...]]] = defaultdict(list)

    def enter(self, entries: Sequence[ProductEntry]) -> list[Outcome]:
        """Judge and write the portion; one outcome for each entry, in order."""
        judged = [checked(entry, self.today) for entry in entries]
        self._read(entries, judged)
        outcomes = [self._judge(entry, one) for entry, one in zip(entries, judged, strict=True)]
        keys = iter(self._write())
        return [replace(o, product_id=next(keys)) if o.change == "new" else o for o in outcomes]

    def _read(self, entries: Sequence[ProductEntry], judged: Sequence[Checked]) -> None:
        wanted = {e.holder for e in entries if e.holder} | {code for e in entries for code in e.producers}
        self.holders = holders_of(self.by, wanted)
        numbers = {one.approval.plain for one in judged if one.approval}
        products = Product.objects.filter(is_any_of("approval_no", numbers, models.TextField()))
        self.products = {(product.kind, product.approval_no): product for product in products}
        keys = [product.pk for product in self.products.values()]
        of_products = is_any_of("product_id", keys, models.BigIntegerField())
        for version in ProductVersion.objects.filter(of_products, valid_to__isnull=True):
            self.newest[version.product_id] = version
        for product_id, subject_id in ProductSite.objects.filter(
            of_products, valid_to__isnull=True
        ).values_list("product_id", "subject_id"):
            self.sites[product_id].add(subject_id)
        values = {value for one in judged for _kind, value in one.codes}
        known = ProductCode.objects.filter(is_any_of("value", values, models.TextField()))
        self.codes = {(code.kind, code.value): code.product_id for code in known}

    def _judge(self, entry: ProductEntry, one: Checked) -> Outcome:
        code = one.approval.plain if one.approval else entry.approval_no.strip()[:60]
        problems = dict(one.problems) or self._place_problems(entry)
        if not problems and (entry.kind, code) in self.seen:
            problems["approval_no"] = _("This list names the product twice. Keep one line.")
        product = self.products.get((entry.kind, code))
        if not problems:
            problems = self._code_problems(one, product)
        if not problems and product is not None:
            problems = self._state_problems(entry, product) | self._foreign_problems(product)
        if problems:
            return Outcome(code, "refused", errors=problems)
        self.seen.add((entry.kind, code))
        contents = self._contents(entry, one)
        if product is not None:
            return self._compare(entry, one, product, contents)
        self.codes.update(dict.fromkeys(one.codes))
        self.added.append((entry, one, contents))
        return Outcome(code, "new")

    def _place_problems(self, entry: ProductEntry) -> dict[str, Text]:
        problems: dict[str, Text] = {}
        if not entry.holder:
            if not may_write_without_holder(self.by):
                problems["holder"] = NO_HOLDER
        elif entry.holder not in self.holders:
            problems["holder"] = NOT_HERE
        elif not self.holders[entry.holder].answers:
            problems["holder"] = NOT_YOURS
        absent = [producer for producer in entry.producers if producer not in self.holders]
        if absent:
            problems["producers"] = _("No subject with the code %(code)s is in your area.") % {
                "code": absent[0][:40]
            }
        return problems

    def _code_problems(self, one: Checked, product: Product | None) -> dict[str, Text]:
        own = product.pk if product else None
        for kind, value in one.codes:
            if (kind, value) in self.codes and (own is None or self.codes[kind, value] != own):
                return {"codes": _("The code %(code)s belongs to another product already.") % {"code": value}}
        return {}

    def _foreign_problems(self, product: Product) -> dict[str, Text]:
        """A product is not taken from a holder whom another organ supervises."""
        mine = product.holder_id is None or product.holder_id in {
            holder.id for holder in self.holders.values() if holder.answers
        }
        in_scope = (
            mine
            or Product.objects.filter(
                pk=product.pk, holder__responsible_organ__path__startswith=self.by.organ_path
            ).exists()
        )
        return {} if in_scope else {"approval_no": _("This number is already in use by another holder.")}

    def _state_problems(self, entry: ProductEntry, product: Product) -> dict[str, Text]:
        if entry.state == product.state:
            return {}
        state = product.state_today()
        reachable = {PRODUCT_STATES.next(state, verb) for verb in PRODUCT_STATES.verbs(state)}
        since = entry.state_since or self.effective_on
        if ProductState(entry.state) not in reachable:
            wrong = _(
                "The register says that this product is in another state, from which this one is not reached."
            )
            return {"state": wrong}
        if since <= product.state_since:
            wrong = _("The register's present state began on %(day)s; the next one begins later.")
            return {"state_since": wrong % {"day": product.state_since.isoformat()}}
        return {}

    def _contents(self, entry: ProductEntry, one: Checked) -> dict[str, Any]:
        holder: Holder | None = self.holders.get(entry.holder)
        said = one.approval.device_class if one.approval else ""
        return {
            "name": entry.name.strip(),
            "brand": entry.brand.strip(),
            "dosage_form": entry.dosage_form.strip(),
            "specification": entry.specification.strip(),
            "standard": entry.standard.strip(),
            "device_class": entry.device_class or said,
            "flags": sorted(set(entry.flags)),
            "holder": holder.id if holder else None,
            "holder_name": entry.holder_name.strip() or (holder.name if holder else ""),
            "expires_on": entry.expires_on,
        }

    def _compare(
        self, entry: ProductEntry, one: Checked, product: Product, contents: dict[str, Any]
    ) -> Outcome:
        version = self.newest[product.pk]
        differs = contents != contents_of(version)
        new_sites = {self.holders[code].id for code in entry.producers} - self.sites[product.pk]
        new_codes = [pair for pair in one.codes if pair not in self.codes]
        moved = entry.state != product.state
        if not (differs or new_sites or new_codes or moved):
            return Outcome(product.approval_no, "unchanged", product.pk)
        if differs:
            self._new_version(entry, product, version, contents)
        if moved:
            self._new_status(entry, product)
        for subject_id in sorted(new_sites):
            self.rows[ProductSite].append((product.pk, subject_id, self.effective_on, None, self.batch))
        for kind, value in new_codes:
            self.codes[kind, value] = product.pk
            self.rows[ProductCode].append((product.pk, kind, value, self.batch))
        self.changed[product.pk] = product
        return Outcome(product.approval_no, "changed", product.pk)

    def _new_version(
        self, entry: ProductEntry, product: Product, version: ProductVersion, contents: dict[str, Any]
    ) -> None:
        start, replaced = self.effective_on, None
        if start <= version.valid_from:
            start = version.valid_from
            replaced = Jsonb(version_as_json(version))
            self.overwritten.append(version.pk)
        else:
            version.valid_to = start - timedelta(days=1)
            self.closed.append(version)
        row = (product.pk, start, None, entry.reason[:300], self.batch, replaced, *contents.values())
        self.rows[ProductVersion].append(row)
        for name, value in contents.items():
            setattr(product, "holder_id" if name == "holder" else name, value)

    def _new_status(self, entry: ProductEntry, product: Product) -> None:
        since = entry.state_since or self.effective_on
        ProductStatus.objects.filter(product=product, valid_to__isnull=True).update(
            valid_to=since - timedelta(days=1)
        )
        row = (product.pk, entry.state, since, None, entry.reason[:300], self.batch)
        self.rows[ProductStatus].append(row)
        product.state, product.state_since = entry.state, since

    def _write(self) -> list[int]:
        """Write what was judged; returns the keys of the new products in order."""
        ProductVersion.objects.filter(pk__in=self.overwritten).delete()
        ProductVersion.objects.bulk_update(self.closed, ["valid_to"], batch_size=1000)
        columns = [*CONTENTS, "state", "state_since"]
        Product.objects.bulk_update(self.changed.values(), columns, batch_size=500)
        keys = new_keys(Product, len(self.added)) if self.added else []
        if self.added:
            copy_rows(Product, PRODUCT_FIELDS, map(self._product_row, keys, self.added))
        for key, (entry, one, contents) in zip(keys, self.added, strict=True):
            self._add_rows(key, entry, one, contents)
        for table, fields in (
            (ProductVersion, VERSION_FIELDS),
            (ProductStatus, STATUS_FIELDS),
            (ProductSite, SITE_FIELDS),
            (ProductCode, CODE_FIELDS),
        ):
            if self.rows[table]:
                copy_rows(table, fields, self.rows[table])
        write_search_text(list(self.changed.values()))
        return keys

    def _product_row(self, key: int, added: tuple[ProductEntry, Checked, dict[str, Any]]) -> tuple[Any, ...]:
        entry, one, contents = added
        assert one.approval is not None
        pinyin = initials(contents["name"])
        text = found_by(contents, one.approval.plain, pinyin, (value for _kind, value in one.codes))
        since = entry.state_since if entry.state != ProductState.VALID else entry.approved_on
        head = (key, entry.kind, one.approval.plain, one.approval.approval.value, entry.approved_on)
        return (*head, entry.state, since, pinyin, text, self.batch, *contents.values())

    def _add_rows(self, key: int, entry: ProductEntry, one: Checked, contents: dict[str, Any]) -> None:
        first = entry.approved_on
        self.rows[ProductVersion].append((key, first, None, "", self.batch, None, *contents.values()))
        if entry.state != ProductState.VALID:
            row = (key, entry.state, entry.state_since, None, entry.reason[:300], self.batch)
            self.rows[ProductStatus].append(row)
        for code in dict.fromkeys(entry.producers):
            self.rows[ProductSite].append((key, self.holders[code].id, first, None, self.batch))
        self.rows[ProductCode] += [(key, kind, value, self.batch) for kind, value in one.codes]


def contents_of(version: ProductVersion | Product) -> dict[str, Any]:
    """What a version says, by field; the holder by key."""
    return {name: getattr(version, "holder_id" if name == "holder" else name) for name in CONTENTS}


def version_as_json(version: ProductVersion) -> dict[str, Any]:
    """A version in JSON's types, to restore it from."""
    contents = contents_of(version)
    expires_on: date | None = contents["expires_on"]
    return {
        **contents,
        "expires_on": expires_on.isoformat() if expires_on else None,
        "valid_from": version.valid_from.isoformat(),
        "reason": version.reason,
        "batch": str(version.batch) if version.batch else None,
        "replaced": version.replaced,
    }
