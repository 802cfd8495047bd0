"""The list of products: search by name, initials, number or code; facets; export; as of any day."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yaojian.doors.backoffice.web.listings import PRODUCT_LISTING, product_rows
from yaojian.doors.backoffice.web.subjects import LONGEST_SEARCH
from yaojian.foundation.accounts.facade import Actor, Permission, Width
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.accounts.web.widths import chosen_width, why_so_few, width_tabs
from yaojian.foundation.design.as_of import AsOf, as_of
from yaojian.foundation.design.paging import address, page_of
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.registers.products.facade import (
    FLAGS,
    KIND_NAMES,
    NEW,
    STATE_MEANINGS,
    STATE_NAMES,
    FacetCounts,
    Product,
    ProductFilter,
    ProductKind,
    ProductState,
    ProductVersion,
    Snapshot,
    facet_counts,
    flag_name,
    is_new,
    matching,
    products_within,
    snapshot,
    states_of,
    versions_on,
)

SORTS = {
    "name": ("pinyin", "id"),
    "-name": ("-pinyin", "-id"),
    "approved": ("approved_on", "id"),
    "-approved": ("-approved_on", "-id"),
    "number": ("approval_no", "id"),
    "-number": ("-approval_no", "-id"),
}
SHOWN_FLAGS = 3


@requires(Permission.PRODUCT_VIEW)
def products(request: ActingRequest) -> HttpResponseBase:
    """The products of the holders and producers that the actor's organ answers for, or of a wider area."""
    actor, query, day = request.actor, request.GET, as_of(request)
    everything = snapshot(products_within(actor, width_of(actor, query)), day.day)
    found = matching(everything, wanted_of(query))
    if exporting(request):
        rows = ordered(found.products, query)
        return export_of(request, PRODUCT_LISTING, product_rows(rows, day.day), rows.count())
    return render(request, "backoffice/products.html", list_context(actor, query, day, everything, found))


def width_of(actor: Actor, query: QueryDict) -> Width:
    """Whose products an address asks for; a search without saying so looks at the whole area."""
    return chosen_width(actor, query.get("whose", ""), searching=bool(query.get("q", "").strip()))


def wanted_of(query: QueryDict) -> ProductFilter:
    """The filter an address asks for; a value that is none of the choices does not narrow."""
    kind, flag, state = query.get("kind", ""), query.get("flag", ""), query.get("state", "")
    return ProductFilter(
        text=query.get("q", "").strip()[:LONGEST_SEARCH],
        kind=kind if kind in set(ProductKind) else "",
        flag=flag if flag in {*FLAGS, NEW} else "",
        state=state if state in set(ProductState) else "",
    )


def ordered(found: QuerySet[Product], query: QueryDict) -> QuerySet[Product]:
    """Products in the order an address asks for; by initials of the name when it asks for none."""
    return found.order_by(*SORTS.get(query.get("sort", ""), SORTS["name"]))


def list_context(
    actor: Actor, query: QueryDict, day: AsOf, everything: Snapshot, found: Snapshot
) -> dict[str, Any]:
    """The context of the list's page."""
    wanted, width = wanted_of(query), width_of(actor, query)
    counts = facet_counts(everything, wanted)
    page = page_of(ordered(found.products, query), query, total=counts.total, keep=True)
    said = {} if day.is_today else versions_on([product.pk for product in page], day.day)
    states = states_of(list(page), day.day, said)
    return {
        "wanted": wanted,
        "as_of": day,
        "facets": facets(counts, wanted),
        "filters": filters_in_force(wanted, query),
        "clear_url": address(QueryDict(day.parameter), whose=width.value),
        "width": width.value,
        "widths": width_tabs(actor, width, lambda whose: address(query, whose=whose)),
        "why_so_few": why_so_few(actor, width, lambda whose: address(query, whose=whose)),
        "page": page,
        "rows": [row_of(product, said.get(product.pk, product), states[product.pk], day) for product in page],
        "is_narrowed": wanted != ProductFilter(),
        "may_enter": actor.may(Permission.PRODUCT_EDIT) and day.is_today,
    }


def facets(counts: FacetCounts, wanted: ProductFilter) -> list[dict[str, Any]]:
    """The choices beside the search: value, label, count and whether chosen."""
    kinds = [(kind.value, KIND_NAMES[kind], counts.kinds.get(kind.value, 0)) for kind in ProductKind]
    states = [(state.value, STATE_NAMES[state], counts.states.get(state.value, 0)) for state in ProductState]
    flags = [(flag, flag_name(flag), counts.flags.get(flag, 0)) for flag in (NEW, *FLAGS)]
    flags = [choice for choice in flags if choice[2] or choice[0] == wanted.flag]
    return [
        {"name": "kind", "label": pgettext("product", "Kind"), "choices": kinds, "chosen": wanted.kind},
        {"name": "flag", "label": _("Marks"), "choices": flags, "chosen": wanted.flag},
        {"name": "state", "label": _("State"), "choices": states, "chosen": wanted.state},
    ]


def filters_in_force(wanted: ProductFilter, query: QueryDict) -> list[dict[str, Any]]:
    """The filters now in force, each with the address that removes it."""
    shown: list[tuple[str, str, object]] = []
    if wanted.text:
        shown.append(("q", _("Search"), wanted.text))
    if wanted.kind:
        shown.append(("kind", pgettext("product", "Kind"), KIND_NAMES[ProductKind(wanted.kind)]))
    if wanted.flag:
        shown.append(("flag", _("Marks"), flag_name(wanted.flag)))
    if wanted.state:
        shown.append(("state", _("State"), STATE_NAMES[ProductState(wanted.state)]))
    return [
        {"label": label, "value": value, "remove_url": address(query, **{name: ""})}
        for name, label, value in shown
    ]


def state_badge(state: ProductState) -> tuple[str, Any]:
    """A state's meaning and name."""
    return STATE_MEANINGS[state], STATE_NAMES[state]


def flags_of(product: Product, said: Product | ProductVersion, day: AsOf) -> list[str]:
    """The names of a product's marks on a day, "new" first."""
    new = [NEW] if is_new(product.approved_on, day.day) else []
    return [flag_name(flag) for flag in (*new, *said.flags)]


def row_of(
    product: Product, said: Product | ProductVersion, state: ProductState, day: AsOf
) -> dict[str, Any]:
    """One product as a row."""
    flags = flags_of(product, said, day)
    return {
        "product": product,
        "said": said,
        "kind": KIND_NAMES[ProductKind(product.kind)],
        "state": state_badge(state),
        "flags": _(", ").join(flags[:SHOWN_FLAGS]),
        "more_flags": len(flags) - SHOWN_FLAGS,
        "css": "is-overdue" if state is ProductState.EXPIRED else "",
    }
