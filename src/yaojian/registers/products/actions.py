"""Writes to one product: permission, state, change, act, in one transaction each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.deadlines.facade import end_countdowns
from yaojian.foundation.errors import Conflict, InvalidInput
from yaojian.foundation.ledger.facade import Act, Ref, record_act, subject_ref
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import complete_items_of_file
from yaojian.registers.products.bulk import Portion, contents_of
from yaojian.registers.products.contracts import FILE_KIND, ProductEntry
from yaojian.registers.products.models import Product, ProductStatus
from yaojian.registers.products.permissions import check_user_can_edit
from yaojian.registers.products.queries import product_visible_to
from yaojian.registers.products.states import PRODUCT_STATES, ProductState

ACT_OF_VERB = {
    "suspend": "product.suspended",
    "resume": "product.resumed",
    "cancel": "product.cancelled",
}
"""The verbs by which an officer moves a product to another state, and the act of each."""
MAX_REASON = 300


def file_ref(product: Product) -> Ref:
    """The pointer to a product's file."""
    return Ref(FILE_KIND, product.pk)


@transaction.atomic
def enter_product(*, by: Actor, entry: ProductEntry) -> Product:
    """Enter a new product. Raises NotAllowed, InvalidInput with the errors by field."""
    check_may(by, Permission.PRODUCT_EDIT)
    product = _enter(by, entry, today(), "new")
    _record(by, product, "product.entered", {"reason": entry.reason})
    return product


@transaction.atomic
def change_product(*, by: Actor, product_id: int, effective_on: date, entry: ProductEntry) -> Product:
    """Change what is said about a product from a day on; the older version stays. Number and kind remain.

    Producers that are no longer named end the day before. Raises NotFound, NotAllowed, Conflict (the state
    does not permit it), InvalidInput (nothing changed, a day out of order, what an entry is refused for).
    """
    product = product_visible_to(by, product_id, for_update=True)
    check_user_can_edit(by, product)
    verb = "renew" if product.state_today() is ProductState.EXPIRED else "change"
    _check_verb(product, verb)
    current = product.versions.get(valid_to__isnull=True)
    if not current.valid_from < effective_on <= today():
        raise InvalidInput(
            _("The present version began on %(first)s; the change begins later, by today at the latest.")
            % {"first": current.valid_from.isoformat()},
            field="effective_on",
        )
    before = contents_of(product)
    entry = replace(
        entry,
        kind=product.kind,
        approval_no=product.approval_no,
        approved_on=product.approved_on,
        state=product.state,
        state_since=product.state_since,
    )
    ended = _end_producers(product, entry, effective_on)
    product = _enter(by, entry, effective_on, "unchanged" if ended else "changed")
    after = contents_of(product)
    changed = [name for name, value in after.items() if before[name] != value]
    facts = {"changed": changed or ["producers"], "effective_on": effective_on, "reason": entry.reason}
    if before["expires_on"] != after["expires_on"]:
        _settle(by, product)
    _record(by, product, "product.changed", facts)
    return product


def _end_producers(product: Product, entry: ProductEntry, effective_on: date) -> int:
    gone = product.sites.filter(valid_to__isnull=True).exclude(subject__code__in=entry.producers)
    gone.filter(valid_from__gte=effective_on).delete()
    return gone.update(valid_to=effective_on - timedelta(days=1))


def _enter(by: Actor, entry: ProductEntry, effective_on: date, expected: str) -> Product:
    """Enter one product through the same checks as a list. Raises InvalidInput."""
    outcome = Portion(by, effective_on, None).enter([entry])[0]
    if outcome.change == "refused":
        first_field = next(iter(outcome.errors))
        raise InvalidInput(outcome.errors[first_field], field=first_field, errors=outcome.errors)
    if expected == "new" and outcome.change != "new":
        raise InvalidInput(
            _("This product is in the register already."),
            field="approval_no",
            cure=_("Open its file and change it there."),
        )
    if expected == "changed" and outcome.change == "unchanged":
        raise InvalidInput(_("Nothing is different from what the register says already."), field="name")
    assert outcome.product_id is not None
    return Product.objects.select_related("holder__responsible_organ").get(pk=outcome.product_id)


@transaction.atomic
def move_product(*, by: Actor, product_id: int, verb: str, effective_on: date, reason: str) -> Product:
    """Suspend, resume or cancel a product's approval from a day on.

    Raises NotFound, NotAllowed, Conflict (the state does not permit the verb), InvalidInput (no reason; a day
    before the present state began, or to come).
    """
    product = product_visible_to(by, product_id, for_update=True)
    check_user_can_edit(by, product)
    target = _check_verb(product, verb)
    words = reason.strip()
    if not words:
        raise InvalidInput(
            _("The reason is missing."), field="reason", cure=_("Name the decision or the application.")
        )
    if len(words) > MAX_REASON:
        raise InvalidInput(_("At most 300 characters."), field="reason")
    if not product.state_since <= effective_on <= today():
        raise InvalidInput(
            _("The present state began on %(first)s; the next one begins between that day and today.")
            % {"first": product.state_since.isoformat()},
            field="effective_on",
        )
    product.history.filter(valid_to__isnull=True, valid_from=effective_on).delete()
    product.history.filter(valid_to__isnull=True).update(valid_to=effective_on - timedelta(days=1))
    ProductStatus.objects.create(product=product, state=target.value, valid_from=effective_on, reason=words)
    product.state, product.state_since = target.value, effective_on
    product.save(update_fields=["state", "state_since"])
    if target is ProductState.CANCELLED:
        _settle(by, product)
    _record(by, product, ACT_OF_VERB[verb], {"effective_on": effective_on, "reason": words})
    return product


def _settle(by: Actor, product: Product) -> None:
    """What the end of the approval asked for is done, and its clocks have nothing left to count to."""
    end_countdowns(by, file_ref(product))
    complete_items_of_file(file_ref(product))


def _check_verb(product: Product, verb: str) -> ProductState:
    state = product.state_today()
    if not PRODUCT_STATES.permits(state, verb):
        raise Conflict(
            _("This product is in a state in which that is not possible."),
            cure=_("The page shows where it stands now, since when, and why."),
        )
    return PRODUCT_STATES.next(state, verb)


def _record(by: Actor, product: Product, kind: str, facts: dict[str, object]) -> Act:
    return record_act(
        by=by,
        kind=kind,
        subject=subject_ref(product.holder_id) if product.holder_id else None,
        file=file_ref(product),
        facts={
            "product": product.name,
            "approval_no": product.approval_no,
            **{name: value for name, value in facts.items() if value},
        },
    )
