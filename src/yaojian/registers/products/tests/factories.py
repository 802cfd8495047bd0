"""Holders and products of the tests of this room."""

from __future__ import annotations

from datetime import date
from typing import Any

from yaojian.foundation.accounts.facade import Organ
from yaojian.registers.enterprises.facade import Subject
from yaojian.registers.licences.tests.factories import make_subject
from yaojian.registers.products.contracts import ProductEntry
from yaojian.registers.products.gs1 import check_digit


def producer(n: int, organ: Organ, **fields: Any) -> Subject:
    """A drug producer in 奇台县."""
    return make_subject(
        n, organ, **{"name": f"新疆奇台雪山药业{n}有限公司", "subject_type": "drug_producer", **fields}
    )


def gtin(n: int) -> str:
    """A GTIN-14 with its check digit."""
    body = f"0690123{n:06d}"
    return body + check_digit(body)


def tablet(n: int, holder: Subject, **fields: Any) -> ProductEntry:
    """A tablet of a holder, approved in 2021."""
    defaults: dict[str, Any] = {
        "kind": "drug",
        "approval_no": f"国药准字H2021{n:04d}",
        "name": "阿莫西林片",
        "approved_on": date(2021, 6, 1),
        "expires_on": date(2031, 5, 31),
        "holder": holder.code,
        "dosage_form": "片剂",
        "specification": "0.25g",
        "standard": "中国药典2025年版二部",
        "flags": ("essential", "prescription"),
        "producers": (holder.code,),
        "codes": (("trace_prefix", f"81{n:05d}"), ("gtin", gtin(n))),
    }
    return ProductEntry(**{**defaults, **fields})
