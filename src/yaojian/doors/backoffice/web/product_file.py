"""One product, one file (品种档案): approval, contents, holder, producers and their inspections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from yaojian.casework.inspections.facade import latest_of_subjects
from yaojian.doors.backoffice.timelines import timeline_items
from yaojian.doors.backoffice.web.licences import state_badge as licence_badge
from yaojian.doors.backoffice.web.products import flags_of, state_badge
from yaojian.doors.backoffice.web.register_forms import MoveForm, ProductForm, refuse
from yaojian.doors.backoffice.web.subject_tabs import inspection_row
from yaojian.foundation.accounts.facade import Actor, Permission, Shared
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.deadlines.web.rows import clock_rows
from yaojian.foundation.design.as_of import AsOf, as_of
from yaojian.foundation.documents.web.panel import documents_context
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed
from yaojian.foundation.ledger.facade import acts_of_file
from yaojian.registers.enterprises.facade import subjects_visible_to, type_name
from yaojian.registers.licences.facade import kind_name, licences_of_subject
from yaojian.registers.licences.facade import states_of as licence_states
from yaojian.registers.products.facade import (
    CODE_NAMES,
    DEVICE_CLASSES,
    KIND_NAMES,
    CodeKind,
    Product,
    ProductKind,
    ProductState,
    ProductVersion,
    change_product,
    enter_product,
    file_ref,
    file_versions_of,
    move_product,
    product_visible_to,
    sites_on,
    states_of,
    user_can_edit,
    verbs_open,
    version_on,
)

UNPROCESSABLE = 422
LISTED, INSPECTIONS = 50, 5

STEPS: dict[str, tuple[Promise, str, Promise, Promise]] = {
    "suspend": (
        gettext_lazy("Suspend"),
        "clock",
        gettext_lazy("From that day on the product may not be made or imported, until it is resumed."),
        gettext_lazy("The product is suspended."),
    ),
    "resume": (
        gettext_lazy("Resume"),
        "circle-check",
        gettext_lazy("From that day on the approval is valid again."),
        gettext_lazy("The product is valid again."),
    ),
    "cancel": (
        gettext_lazy("Cancel (deregister)"),
        "ban",
        gettext_lazy("The approval ends for good."),
        gettext_lazy("The product is cancelled."),
    ),
}
"""Each step of the page: the name on its button, icon, what it will do, and what is said when done."""


@requires(Permission.PRODUCT_VIEW)
def product(request: ActingRequest, product_id: int) -> HttpResponse:
    """The file of one product, today or as of another day."""
    found = product_visible_to(request.actor, product_id)
    context = file_context(request.actor, found, as_of(request), {})
    return render(request, "backoffice/product.html", context)


@requires(Permission.PRODUCT_EDIT)
def product_new(request: ActingRequest) -> HttpResponse:
    """Enter a product."""
    status = 200
    if request.method == "POST":
        form = ProductForm(request.POST, is_new=True)
        if form.is_valid():
            try:
                entered = enter_product(by=request.actor, entry=form.entry())
            except (InvalidInput, Conflict, NotAllowed) as error:
                _refuse(form, error)
            else:
                messages.success(request, _("The product is entered."))
                return redirect("backoffice:product", entered.pk)
        status = UNPROCESSABLE
    else:
        form = ProductForm(is_new=True, initial={"holder_code": request.GET.get("holder", "")[:40]})
    return render(request, "backoffice/product_form.html", {"form": form}, status=status)


@requires(Permission.PRODUCT_EDIT)
def product_change(request: ActingRequest, product_id: int) -> HttpResponse:
    """Change what is said about a product from a day on."""
    found = product_visible_to(request.actor, product_id)
    status = 200
    if request.method == "POST":
        form = ProductForm(request.POST, is_new=False)
        if form.is_valid():
            try:
                change_product(
                    by=request.actor,
                    product_id=found.pk,
                    effective_on=form.cleaned_data["effective_on"],
                    entry=form.entry(found.kind, found.approval_no),
                )
            except (InvalidInput, Conflict, NotAllowed) as error:
                _refuse(form, error)
            else:
                messages.success(request, _("The change is entered."))
                return redirect("backoffice:product", found.pk)
        status = UNPROCESSABLE
    else:
        form = ProductForm(is_new=False, initial=_present(found))
    return render(request, "backoffice/product_form.html", {"form": form, "product": found}, status=status)


def _refuse(form: ProductForm, error: InvalidInput | Conflict | NotAllowed) -> None:
    """The register speaks of codes as one field; the form has one for each kind."""
    words = error.errors.pop("codes", None)
    if words is not None:
        filled = [name for name in form.fields if name.startswith("code_") and form.cleaned_data.get(name)]
        form.add_error(filled[0] if len(filled) == 1 else None, str(words))
    if error.errors or words is None:
        refuse(form, error)


def _present(found: Product) -> dict[str, Any]:
    """What the form of a change begins with."""
    newest = version_on(found, None)
    codes: dict[str, list[str]] = {}
    for code in found.codes.all():
        codes.setdefault(f"code_{code.kind}", []).append(code.value)
    names = ("name", "brand", "dosage_form", "specification", "standard", "device_class", "holder_name")
    return {
        **{name: getattr(newest, name) for name in names},
        "flags": newest.flags,
        "expires_on": newest.expires_on,
        "holder_code": newest.holder.code if newest.holder else "",
        "producers": "\n".join(
            site.subject.code for site in found.sites.filter(valid_to=None).select_related("subject")
        ),
        **{name: "\n".join(values) for name, values in codes.items()},
    }


@requires(Permission.PRODUCT_EDIT)
def product_step(request: ActingRequest, product_id: int, verb: str) -> HttpResponse:
    """Move a product to another state; a refused step comes back as the file with what was typed."""
    if verb not in STEPS:
        raise Http404
    if request.method != "POST":
        return redirect("backoffice:product", product_id)
    found = product_visible_to(request.actor, product_id)
    form = MoveForm(request.POST, auto_id=f"{verb}_%s")
    status = UNPROCESSABLE
    if form.is_valid():
        try:
            move_product(by=request.actor, product_id=found.pk, verb=verb, **form.cleaned_data)
        except (InvalidInput, Conflict, NotAllowed) as error:
            refuse(form, error)
            status = error.status
        else:
            messages.success(request, str(STEPS[verb][3]))
            return redirect("backoffice:product", found.pk)
    context = file_context(request.actor, found, as_of(request), {verb: form})
    return render(request, "backoffice/product.html", context, status=status)


def file_context(actor: Actor, found: Product, day: AsOf, bound: Mapping[str, forms.Form]) -> dict[str, Any]:
    """The context of the file; `bound` holds the form that was refused, by step."""
    versions = file_versions_of(found, actor)
    said = next((one for one in versions if one.valid_from <= day.day), versions[-1])
    state = states_of([found], day.day, {found.pk: said})[found.pk]
    answers = user_can_edit(actor, found)
    may_edit = day.is_today and answers
    verbs = verbs_open(found) if may_edit else ()
    producers = producers_of(actor, found, day)
    return {
        "product": found,
        "as_of": day,
        "not_yet": day.day < found.approved_on,
        "kind": KIND_NAMES[ProductKind(found.kind)],
        "said": said,
        "state": state_badge(state),
        "flags": flags_of(found, said, day),
        "key_facts": key_facts(actor, found, said, state),
        "contents": contents(said),
        "versions": [one for one in versions if one.valid_from <= day.day],
        "history": history_of(found, said, day),
        "codes": [(CODE_NAMES[CodeKind(code["kind"])], code["value"]) for code in said.product_codes],
        "producers": producers,
        "licences": licences_of_holder(actor, said, day),
        "inspections": inspections_of(actor, producers),
        "timeline": timeline_items(acts_of_file(file_ref(found)).reverse()[:LISTED]),
        **documents_context(actor, file_ref(found), may_change=day.is_today, answers=answers),
        "clocks": clock_rows(file_ref(found), actor) if day.is_today else [],
        "may_change": bool({"change", "renew"} & set(verbs)),
        "steps": [
            {
                "verb": verb,
                "name": name,
                "icon": icon,
                "consequence": consequence,
                "form": bound.get(verb) or MoveForm(auto_id=f"{verb}_%s"),
                "is_dangerous": verb == "cancel",
            }
            for verb, (name, icon, consequence, _done) in STEPS.items()
            if verb in verbs
        ],
        "refused": list(bound.values()),
        "unplaced": [form for verb, form in bound.items() if verb not in verbs],
    }


def key_facts(actor: Actor, found: Product, said: Any, state: ProductState) -> list[dict[str, Any]]:
    """Number, holder, since when and until when."""
    may_see = said.holder_visible and actor.may(Permission.SUBJECT_VIEW)
    holder_url = reverse("backoffice:subject", args=[said.holder_id]) if may_see else ""
    return [
        {"label": _("Holder"), "value": said.holder_name, "href": holder_url, "wide": True},
        {"label": _("Approved on"), "value": found.approved_on.isoformat()},
        {
            "label": _("Valid until"),
            "value": said.expires_on.isoformat() if said.expires_on else _("until further notice"),
            "kind": "overdue" if state is ProductState.EXPIRED else "",
        },
        {"label": pgettext("product", "Kind"), "value": KIND_NAMES[ProductKind(found.kind)]},
    ]


def contents(said: ProductVersion) -> list[dict[str, Any]]:
    """What is said about the product, for a definition list."""
    return [
        {"label": _("Generic name"), "value": said.name},
        {"label": _("Brand name"), "value": said.brand or None},
        {"label": _("Dosage form"), "value": said.dosage_form or None},
        {"label": _("Specification or model"), "value": said.specification or None},
        {"label": _("Standard or technical requirements"), "value": said.standard or None},
        *(
            [{"label": _("Device class"), "value": DEVICE_CLASSES[said.device_class]}]
            if said.device_class
            else []
        ),
    ]


def history_of(found: Product, said: Any, day: AsOf) -> list[dict[str, Any]]:
    """The states written down up to the day, the newest first; the first of them is the approval."""
    rows = [
        {"state": state_badge(ProductState(row["state"])), "since": since, "reason": row["reason"]}
        for row in said.product_states
        if (since := date.fromisoformat(row["since"])) <= day.day
    ]
    return [*rows, {"state": state_badge(ProductState.VALID), "since": found.approved_on, "reason": ""}]


def producers_of(actor: Actor, found: Product, day: AsOf) -> list[dict[str, Any]]:
    """Who produces it on the day; linked as far as the actor may see them."""
    may = actor.may(Permission.SUBJECT_VIEW)
    sites = sites_on(found, day.day).annotate(
        visible=Exists(subjects_visible_to(actor).filter(pk=OuterRef("subject_id"))),
        files_open=Exists(subjects_visible_to(actor, Shared.FILES).filter(pk=OuterRef("subject_id"))),
    )
    return [
        {
            "subject": site.subject,
            "type": type_name(site.subject.subject_type),
            "url": reverse("backoffice:subject", args=[site.subject_id]) if may and site.visible else "",
            "since": site.valid_from,
            "status": site.subject.status,
            "files_open": site.files_open,
        }
        for site in sites
    ]


def licences_of_holder(actor: Actor, said: Any, day: AsOf) -> list[dict[str, Any]]:
    """The holder's licences on the day, as far as the actor may see them."""
    if said.holder_id is None or not said.holder_visible or not actor.may(Permission.LICENCE_VIEW):
        return []
    found = list(licences_of_subject(said.holder_id, day.day)[:LISTED])
    states = licence_states(found, day.day)
    return [
        {
            "licence": licence,
            "kind": kind_name(licence.kind),
            "state": licence_badge(states[licence.pk]),
        }
        for licence in found
    ]


def inspections_of(actor: Actor, producers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last inspections of each producer whose files the actor may read."""
    if not actor.may(Permission.INSPECTION_VIEW):
        return []
    by_key = {row["subject"].pk: row["subject"] for row in producers if row["files_open"]}
    found = latest_of_subjects(by_key, INSPECTIONS) if by_key else []
    return [{**inspection_row(inspection), "producer": by_key[inspection.subject_id]} for inspection in found]
