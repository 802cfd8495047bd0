"""Wrong codes in words: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from yaojian.registers.products import codes, gs1
from yaojian.registers.products.codes import CodeError
from yaojian.registers.products.contracts import CodeKind, ProductKind, Text

REASONS: dict[str, Text] = {
    "empty": _("The number is missing. Copy it from the package or the certificate."),
    "digits": _("%(found)s has other signs than digits. Copy the digits below the bar code."),
    "gtin_length": _("It has %(found)s digits. A GS1 item number has 8, 12, 13 or 14."),
    "check_digit": _(
        "The check digit does not fit: with these digits it would be %(found)s. Compare each digit."
    ),
    "trace_prefix": _("The identification of a drug in trace codes has exactly seven digits."),
    "national_drug_code": _("A national drug code has 14 digits and begins with 869."),
    "trace_code": _("A drug trace code has exactly 20 digits."),
    "ma": _("An MA identifier looks like MA.156.M0.100133.00001: MA, country, kind, holder, product."),
    "ahm": _("An AHM identifier has 20 digits, or begins with AHM."),
    "year_to_come": _("The year in %(found)s has not come yet. Check the number."),
    "approval_other_kind": _("%(found)s is a number of another kind of product. Check the kind."),
    "element_unknown": _("%(found)s is no GS1 element that we know. Scan the code again."),
    "element_short": _("The GS1 element (%(found)s) is too short. Scan the code again."),
    "element_long": _("The GS1 element (%(found)s) is too long. Scan the code again."),
    "element_characters": _(
        "The GS1 element (%(found)s) has signs that it may not have. Scan the code again."
    ),
    "element_twice": _("The GS1 element (%(found)s) stands there twice with different contents."),
    "date": _("%(found)s is no date of the form YYMMDD."),
}
APPROVAL_UNKNOWN = _("%(found)s is in none of the known forms. Examples: %(examples)s.")

CHECKS: dict[CodeKind, Callable[[str], str]] = {
    CodeKind.GTIN: gs1.check_gtin,
    CodeKind.MA: codes.check_ma,
    CodeKind.AHM: codes.check_ahm,
    CodeKind.TRACE_PREFIX: codes.check_trace_prefix,
    CodeKind.NATIONAL_DRUG_CODE: codes.check_national_drug_code,
}
"""How a code of each kind is made plain and verified, as far as it can be."""


def in_words(error: CodeError, product_kind: str = "") -> Text:
    """What a wrong code is told: what is wrong with it, and what to do."""
    if error.reason == "approval_unknown":
        kinds = [product_kind] if product_kind else [kind.value for kind in ProductKind]
        examples = "、".join(form.example for kind in kinds for form in codes.forms_of(kind)[:3])
        return APPROVAL_UNKNOWN % {"found": error.found[:40], "examples": examples}
    return REASONS[error.reason] % {"found": error.found[:40]}
