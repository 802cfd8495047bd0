"""Every read of the room, scoped to who asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Width, visible_q, width_q
from yaojian.foundation.errors import NotFound
from yaojian.foundation.kept.facade import kept_rows
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.search import having_words
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import subjects_visible_to
from yaojian.registers.products.codes import CodeError, check_trace_code, plain_code
from yaojian.registers.products.contracts import NEW, UPPER_LEVELS
from yaojian.registers.products.gs1 import check_gtin, parse_elements
from yaojian.registers.products.models import (
    Product,
    ProductCode,
    ProductSite,
    ProductStatus,
    ProductVersion,
    first_day_of_new,
)
from yaojian.registers.products.states import PRODUCT_STATES, ProductState, state_on

SHORTEST = 2
TRACE_CODE_DIGITS = 20


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """What the list is narrowed to; empty fields do not narrow. `flag` may be "new"."""

    text: str = ""
    kind: str = ""
    flag: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The products of a day, and the columns that say how they stood on it."""

    products: QuerySet[Product]
    day: date
    kept: str = "state"
    since: str = "state_since"
    expires: str = "expires_on"
    flags: str = "flags"
    holder: str = "holder"

    def in_state(self, state: ProductState) -> Q:
        """The condition that a product is in a state on the day, as `states.state_on` has it."""
        cancelled = Q(**{self.kept: ProductState.CANCELLED.value, f"{self.since}__lte": self.day})
        expired = ~cancelled & Q(**{f"{self.expires}__lt": self.day})
        suspended = Q(**{self.kept: ProductState.SUSPENDED.value, f"{self.since}__lte": self.day})
        lasting = ~cancelled & (
            Q(**{f"{self.expires}__isnull": True}) | Q(**{f"{self.expires}__gte": self.day})
        )
        return {
            ProductState.CANCELLED: cancelled,
            ProductState.EXPIRED: expired,
            ProductState.SUSPENDED: lasting & suspended,
            ProductState.VALID: lasting & ~suspended,
        }[state]

    def narrowed(self, condition: Q) -> Snapshot:
        """The same with fewer products."""
        return replace(self, products=self.products.filter(condition))


def products_visible_to(actor: Actor) -> QuerySet[Product]:
    """The products of holders or producers that the actor may see, and those of holders elsewhere."""
    made_here = ProductSite.objects.filter(
        visible_q(actor, "subject__responsible_organ", "subject__division_code")
    )
    return Product.objects.filter(
        visible_q(actor, "holder__responsible_organ", "holder__division_code")
        | Q(holder__isnull=True)
        | Q(pk__in=made_here.order_by().values("product_id"))
    )


def products_within(actor: Actor, width: Width) -> QuerySet[Product]:
    """Visible products by whose holders and producers they are: the actor's own organ's, those below's, all.

    Those of holders outside the register are kept by the upper levels, whose own they are.
    """
    if width is Width.AREA:
        return products_visible_to(actor)
    made = ProductSite.objects.filter(
        width_q(actor, width, "subject__responsible_organ", "subject__division_code")
    )
    found = width_q(actor, width, "holder__responsible_organ", "holder__division_code")
    if actor.organ_level in UPPER_LEVELS:
        found |= Q(holder__isnull=True)
    return Product.objects.filter(found | Q(pk__in=made.order_by().values("product_id")))


def snapshot(products: QuerySet[Product], day: date) -> Snapshot:
    """Products as they stood on a day: those approved by then, with what was written down for it."""
    if day >= today():
        return Snapshot(products, day)
    known = products.filter(approved_on__lte=day).annotate(
        stood=FilteredRelation("history", condition=in_force_q(day, "history__")),
        said=FilteredRelation("versions", condition=in_force_q(day, "versions__")),
        kept_then=Coalesce("stood__state", Value(ProductState.VALID.value)),
        since_then=Coalesce("stood__valid_from", "approved_on"),
        expires_then=F("said__expires_on"),
        flags_then=Coalesce("said__flags", "flags"),
        holder_then=Case(When(said__isnull=False, then=F("said__holder")), default=F("holder")),
    )
    return Snapshot(known, day, "kept_then", "since_then", "expires_then", "flags_then", "holder_then")


def matching(found: Snapshot, wanted: ProductFilter) -> Snapshot:
    """A snapshot narrowed by words (names, initials, number, holder, codes, a scanned code) and facets."""
    if text := scanned_or_typed(wanted.text):
        found = replace(found, products=having_words(found.products, text))
    if wanted.kind:
        found = found.narrowed(Q(kind=wanted.kind))
    if wanted.flag == NEW:
        found = found.narrowed(Q(approved_on__gt=first_day_of_new(found.day)))
    elif wanted.flag:
        found = found.narrowed(Q(**{f"{found.flags}__contains": [wanted.flag]}))
    if wanted.state:
        found = found.narrowed(found.in_state(ProductState(wanted.state)))
    return found


def scanned_or_typed(text: str) -> str:
    """The words to look for: of a GS1 code its item number, of a trace code its first seven digits."""
    text = text.replace("\0", "").strip()
    try:
        if len(plain_code(text)) == TRACE_CODE_DIGITS and plain_code(text).isdigit():
            return check_trace_code(text)[:7]
        if text.startswith(("(01)", "]", "01")) and len(text) >= 16:
            return parse_elements(text, this_year=today().year).gtin or text
        return check_gtin(text)
    except CodeError:
        return text


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """For each facet, what choosing one of its values would leave, given all other filters; and all found."""

    kinds: dict[str, int]
    states: dict[str, int]
    flags: dict[str, int]
    total: int


def facet_counts(found: Snapshot, wanted: ProductFilter) -> FacetCounts:
    """The counts beside the facets of a list (one query, by kind, state and marks together)."""
    base = matching(found, ProductFilter(text=wanted.text))
    is_new = ExpressionWrapper(Q(approved_on__gt=first_day_of_new(found.day)), output_field=BooleanField())
    state = Case(
        *(When(base.in_state(state), then=Value(state.value)) for state in ProductState),
        default=Value(""),
        output_field=CharField(),
    )
    rows = (
        base.products.order_by()
        .annotate(stands=state, is_new=is_new)
        .values_list("kind", "stands", base.flags, "is_new")
        .annotate(n=Count("pk"))
    )
    total, kinds, states, flags = 0, Counter[str](), Counter[str](), Counter[str]()
    for kind, stands, marks, fresh, n in kept_rows(rows):
        marked = [*marks, NEW] if fresh else marks
        is_kind, is_state = wanted.kind in ("", kind), wanted.state in ("", stands)
        is_flag = not wanted.flag or wanted.flag in marked
        total += n if is_kind and is_state and is_flag else 0
        if is_state and is_flag:
            kinds[kind] += n
        if is_kind and is_flag:
            states[stands] += n
        if is_kind and is_state:
            for flag in marked:
                flags[flag] += n
    fresh_count = flags.pop(NEW, 0)
    return FacetCounts(
        dict(kinds.most_common()), dict(states), {**dict(flags.most_common()), NEW: fresh_count}, total
    )


def product_visible_to(actor: Actor, product_id: int, *, for_update: bool = False) -> Product:
    """One product with its holder. Raises NotFound when it is not there or lies outside the actor's scope."""
    products = products_visible_to(actor).select_related("holder__responsible_organ")
    if for_update:
        products = products.select_for_update(of=("self",))
    product = products.filter(pk=product_id).first()
    if product is None:
        raise NotFound(
            _("There is no such product in your area."),
            cure=_("Look for it by name, number or code in the list of products."),
        )
    return product


def versions_on(product_ids: Iterable[int], day: date) -> dict[int, ProductVersion]:
    """What was said about some products on a day, by product."""
    found = ProductVersion.objects.filter(in_force_q(day), product_id__in=list(product_ids))
    return {version.product_id: version for version in found}


def states_of(
    products: list[Product], day: date, said: dict[int, ProductVersion] | None = None
) -> dict[int, ProductState]:
    """The states of some products on a day (no query for today, two for the past).

    `said`: what was said about them on the day, where the caller has read it.
    """
    if day >= today():
        return {product.pk: product.state_today() for product in products}
    ids = [product.pk for product in products]
    versions = versions_on(ids, day) if said is None else said
    rows = Product.objects.filter(in_force_q(day, "history__"), pk__in=ids)
    then = {
        pk: (ProductState(state), since)
        for pk, state, since in rows.values_list("pk", "history__state", "history__valid_from")
    }
    return {
        pk: state_on(
            day,
            *then.get(pk, (ProductState.VALID, day)),
            versions[pk].expires_on if pk in versions else None,
        )
        for pk in ids
    }


def version_on(product: Product, day: date | None) -> ProductVersion:
    """What was said about a product on a day (None: by the newest version); at first the first."""
    versions = product.versions.select_related("holder").order_by("-valid_from")
    found = versions.first() if day is None else versions.filter(valid_from__lte=day).first()
    return found or versions.reverse()[0]


def file_versions_of(product: Product, actor: Actor) -> list[Any]:
    """What was said about a product, the newest first, with all that its file shows (one query).

    Each says whether the actor may see its holder (`holder_visible`); `product_states` are the states written
    down, the newest first, and `product_codes` its codes, as JSON.
    """
    states = ProductStatus.objects.filter(product=OuterRef("product")).order_by("-valid_from")
    codes = ProductCode.objects.filter(product=OuterRef("product")).order_by("kind", "value")
    return list(
        product.versions.select_related("holder")
        .annotate(
            holder_visible=Exists(subjects_visible_to(actor).filter(pk=OuterRef("holder_id"))),
            product_states=ArraySubquery(
                states.values(json=JSONObject(state="state", since="valid_from", reason="reason"))
            ),
            product_codes=ArraySubquery(codes.values(json=JSONObject(kind="kind", value="value"))),
        )
        .order_by("-valid_from")
    )


def sites_on(product: Product, day: date) -> QuerySet[ProductSite]:
    """Who produces a product on a day."""
    return product.sites.filter(in_force_q(day)).select_related("subject__responsible_organ")


def verbs_open(product: Product) -> tuple[str, ...]:
    """What an officer can do with a product as it stands today."""
    verbs = PRODUCT_STATES.verbs(product.state_today())
    return tuple(verb for verb in verbs if verb != "expire")


def products_of_subject(subject_id: int, day: date) -> QuerySet[Product]:
    """The products that a subject the caller has been let see holds or produces on a day, by name."""
    made = ProductSite.objects.filter(in_force_q(day), subject_id=subject_id).order_by()
    held = ProductVersion.objects.filter(in_force_q(day), holder_id=subject_id).order_by()
    return Product.objects.filter(
        Q(pk__in=made.values("product_id")) | Q(pk__in=held.values("product_id"))
    ).order_by("kind", "pinyin", "id")


def public_products(text: str, limit: int = 20) -> list[Product]:
    """What the public may find: by part of the name, or by the whole number or code.

    One more than `limit` when there are more.
    """
    words = scanned_or_typed(text)
    if len("".join(words.split())) < SHORTEST:
        return []
    by_code = ProductCode.objects.filter(value=words).order_by().values("product_id")
    found = having_words(Product.objects.all(), words) | Product.objects.filter(pk__in=by_code)
    return list(found.order_by("pinyin", "id").distinct()[: limit + 1])


def public_product(approval_no: str) -> Product:
    """One product by its number, for the public. Raises NotFound."""
    product = Product.objects.select_related("holder").filter(approval_no=plain_code(approval_no)).first()
    if product is None:
        raise NotFound(_("No product has this number."), cure=_("Compare it with the number on the package."))
    return product
