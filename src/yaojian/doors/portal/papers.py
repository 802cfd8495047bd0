"""What everybody may verify: a licence or filing by its number, a product by its number, code or name."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from yaojian.doors.portal.shell import shell
from yaojian.foundation.accounts.web.access import public
from yaojian.foundation.errors import NotFound
from yaojian.foundation.ledger.facade import entry_behind
from yaojian.foundation.timekeeping import today
from yaojian.registers.licences.facade import (
    STATE_MEANINGS,
    STATE_NAMES,
    kind_name,
    public_licences,
    version_on,
)
from yaojian.registers.licences.facade import file_ref as licence_ref
from yaojian.registers.products.facade import (
    CODE_NAMES,
    DEVICE_CLASSES,
    KIND_NAMES,
    CodeKind,
    Product,
    ProductKind,
    flag_name,
    public_product,
    public_products,
)
from yaojian.registers.products.facade import STATE_MEANINGS as PRODUCT_MEANINGS
from yaojian.registers.products.facade import STATE_NAMES as PRODUCT_STATES
from yaojian.registers.products.facade import file_ref as product_ref

LARGEST_ANSWER = 20
SHOWN_FLAGS = ("prescription", "special_cosmetic", "child_cosmetic", "sterile", "implant", "ivd")
"""The marks that tell a buyer something; the others are the regulator's own."""
NO_SUCH_NUMBER = gettext_lazy("No licence or filing has this number.")


@require_safe
@public
def licence(request: HttpRequest, number: str) -> HttpResponse:
    """The terms of the licence or filing with a number, the newest first."""
    found = public_licences(number, LARGEST_ANSWER)[:LARGEST_ANSWER]
    if not found:
        raise NotFound(NO_SUCH_NUMBER, cure=_("Compare it with the number on the paper."))
    newest = found[0]
    terms = [{"licence": one, "kind": kind_name(one.kind), "state": licence_badge(one)} for one in found]
    context = {
        **shell(),
        "licence": newest,
        "kind": kind_name(newest.kind),
        "state": licence_badge(newest),
        "facts": licence_facts(newest),
        "scope": version_on(newest, today()).scope,
        "earlier": terms[1:],
        "entry": entry_behind(licence_ref(newest), "licences.registered", newest.batch),
    }
    return render(request, "portal/licence.html", context)


@require_safe
@public
def product(request: HttpRequest, approval_no: str) -> HttpResponse:
    """What everybody may know about one product."""
    found = public_product(approval_no)
    context = {
        **shell(),
        "product": found,
        "state": product_badge(found),
        "facts": product_facts(found),
        "codes": [
            (CODE_NAMES[CodeKind(code.kind)], code.value)
            for code in found.codes.exclude(kind=CodeKind.TRACE_PREFIX.value)
        ],
        "entry": entry_behind(product_ref(found), "products.registered", found.batch),
    }
    return render(request, "portal/product.html", context)


def papers_found(question: str) -> dict[str, Any]:
    """The licences and products that a question finds, as rows of an answer."""
    licences = public_licences(question, LARGEST_ANSWER)
    products = public_products(question, LARGEST_ANSWER)
    return {
        "licence_rows": [
            {"licence": one, "kind": kind_name(one.kind), "state": licence_badge(one)}
            for one in licences[:LARGEST_ANSWER]
        ],
        "product_rows": [
            {"product": one, "kind": KIND_NAMES[ProductKind(one.kind)], "state": product_badge(one)}
            for one in products[:LARGEST_ANSWER]
        ],
        "has_more_products": len(products) > LARGEST_ANSWER,
    }


def licence_badge(found: Any) -> tuple[str, Any]:
    """The meaning and the name of a licence's state today."""
    state = found.state_today()
    return STATE_MEANINGS[state], STATE_NAMES[state]


def product_badge(found: Product) -> tuple[str, Any]:
    """The meaning and the name of a product's state today."""
    state = found.state_today()
    return PRODUCT_MEANINGS[state], PRODUCT_STATES[state]


def licence_facts(found: Any) -> list[dict[str, Any]]:
    """The public part of a licence."""
    until = found.expires_on.isoformat() if found.expires_on else _("until further notice")
    return [
        {"label": _("Kind of licence"), "value": kind_name(found.kind)},
        {"label": _("Holder"), "value": found.holder_name},
        {"label": _("Valid from"), "value": found.valid_from.isoformat()},
        {"label": _("Valid until"), "value": until},
        {"label": _("Issued by"), "value": found.issuer or None},
    ]


def product_facts(found: Product) -> list[dict[str, Any]]:
    """The public part of a product's entry."""
    flags = [flag_name(flag) for flag in found.flags if flag in SHOWN_FLAGS]
    until = found.expires_on.isoformat() if found.expires_on else _("until further notice")
    facts: list[dict[str, Any]] = [
        {"label": pgettext("product", "Kind"), "value": KIND_NAMES[ProductKind(found.kind)]},
        {"label": _("Approval, registration or filing number"), "value": found.approval_no},
        {"label": _("Brand name"), "value": found.brand or None},
        {"label": _("Dosage form"), "value": found.dosage_form or None},
        {"label": _("Specification or model"), "value": found.specification or None},
        {"label": _("Holder"), "value": found.holder_name},
        {"label": _("Approved on"), "value": found.approved_on.isoformat()},
        {"label": _("Valid until"), "value": until},
    ]
    if found.device_class:
        facts.append({"label": _("Device class"), "value": DEVICE_CLASSES[found.device_class]})
    if flags:
        facts.append({"label": _("Marks"), "value": _(", ").join(flags)})
    return [fact for fact in facts if fact["value"]]
