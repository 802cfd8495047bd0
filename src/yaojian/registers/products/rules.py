"""What an entry in the register of products must satisfy: rules without a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from yaojian.registers.products.codes import ApprovalNumber, CodeError, parse_approval
from yaojian.registers.products.contracts import (
    CODES_OF_KIND,
    FLAGS,
    CodeKind,
    ProductEntry,
    ProductKind,
    Text,
    flag_name,
)
from yaojian.registers.products.states import KEPT, ProductState
from yaojian.registers.products.wording import CHECKS, in_words

EARLIEST = date(1949, 10, 1)
MAX_CODES, MAX_PRODUCERS = 50, 50
LENGTHS = {
    "name": 200,
    "brand": 120,
    "dosage_form": 60,
    "specification": 500,
    "standard": 120,
    "holder_name": 200,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """An entry's number and codes in plain form, and what is wrong with it, by field."""

    approval: ApprovalNumber | None
    codes: tuple[tuple[str, str], ...]
    problems: dict[str, Text]


def checked(entry: ProductEntry, today: date) -> Checked:
    """Judge an entry by itself."""
    if entry.kind not in set(ProductKind):
        wrong = _("There is no such kind of product. Drug, medical device or cosmetic are.")
        return Checked(None, (), {"kind": wrong})
    kind = ProductKind(entry.kind)
    problems: dict[str, Text] = {}
    approval = _approval(entry, kind, today, problems)
    codes = _codes(entry, kind, problems)
    _check_text(entry, problems)
    _check_device(entry, kind, approval, problems)
    _check_flags(entry, kind, problems)
    _check_days(entry, today, problems)
    return Checked(approval, codes, problems)


def _approval(
    entry: ProductEntry, kind: ProductKind, today: date, problems: dict[str, Text]
) -> ApprovalNumber | None:
    try:
        return parse_approval(entry.approval_no, kind.value, this_year=today.year)
    except CodeError as error:
        problems["approval_no"] = in_words(error, kind.value)
        return None


def _codes(entry: ProductEntry, kind: ProductKind, problems: dict[str, Text]) -> tuple[tuple[str, str], ...]:
    plain: dict[tuple[str, str], None] = {}
    if len(entry.codes) > MAX_CODES:
        problems["codes"] = _("At most 50 codes belong to one product.")
        return ()
    for code_kind, text in entry.codes:
        if code_kind not in {fitting.value for fitting in CODES_OF_KIND[kind]}:
            problems["codes"] = _("A code of this kind does not belong on such a product.")
            continue
        try:
            plain[code_kind, CHECKS[CodeKind(code_kind)](text)] = None
        except CodeError as error:
            problems["codes"] = _("%(code)s: %(problem)s") % {"code": text[:40], "problem": in_words(error)}
    return tuple(plain)


def _check_text(entry: ProductEntry, problems: dict[str, Text]) -> None:
    if not entry.name.strip():
        problems["name"] = _("The name is missing. Enter the generic name as approved.")
    for name, longest in LENGTHS.items():
        if "\0" in getattr(entry, name):
            problems[name] = _("A null character stands in the text. Type it anew.")
        elif len(getattr(entry, name)) > longest:
            problems[name] = _("At most %(n)s characters.") % {"n": longest}
    if not (entry.holder or entry.holder_name.strip()):
        problems["holder"] = _("The holder is missing. Enter its code, or its name when it is elsewhere.")
    if len(entry.producers) > MAX_PRODUCERS:
        problems["producers"] = _("At most 50 producers belong to one product.")


def _check_device(
    entry: ProductEntry, kind: ProductKind, approval: ApprovalNumber | None, problems: dict[str, Text]
) -> None:
    if kind is not ProductKind.DEVICE:
        if entry.device_class:
            problems["device_class"] = _("Only a medical device has a class.")
        return
    said = approval.device_class if approval else ""
    if entry.device_class not in ("", "1", "2", "3"):
        problems["device_class"] = _("The class of a device is 1, 2 or 3.")
    elif said and entry.device_class and said != entry.device_class:
        problems["device_class"] = _("By its number the device is of class %(class)s.") % {"class": said}


def _check_flags(entry: ProductEntry, kind: ProductKind, problems: dict[str, Text]) -> None:
    for flag in entry.flags:
        if flag not in FLAGS:
            problems["flags"] = _("There is no mark “%(flag)s”.") % {"flag": flag[:40]}
        elif kind not in FLAGS[flag].fits:
            problems["flags"] = _("The mark “%(flag)s” does not fit such a product.") % {
                "flag": flag_name(flag)
            }


def _check_days(entry: ProductEntry, today: date, problems: dict[str, Text]) -> None:
    if not EARLIEST <= entry.approved_on <= today:
        problems["approved_on"] = _("The day of approval must lie between 1949 and today.")
    if entry.expires_on is not None:
        if entry.expires_on < entry.approved_on:
            problems["expires_on"] = _("It would end before it was approved.")
        elif entry.expires_on.year > today.year + 15:
            problems["expires_on"] = _("It would end more than 15 years from now. Check the year.")
    if entry.state not in {state.value for state in KEPT}:
        problems["state"] = _("This is no state that can be entered. Valid, suspended or cancelled can.")
    elif entry.state != ProductState.VALID:
        if entry.state_since is None:
            problems["state_since"] = _("Since when does this state hold? Enter the day of the decision.")
        elif not entry.approved_on <= entry.state_since <= today:
            problems["state_since"] = _("The state must have begun between the approval and today.")
