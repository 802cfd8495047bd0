"""Writes to one licence: permission, state, change, act, in one transaction each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.deadlines.facade import end_countdowns
from yaojian.foundation.errors import Conflict, InvalidInput, NotFound, RuleBroken
from yaojian.foundation.ledger.facade import Act, Ref, record_act, subject_ref
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import complete_items_of_file
from yaojian.registers.enterprises.facade import subjects_visible_to
from yaojian.registers.licences.bulk import NOT_HERE, Portion, ended_span
from yaojian.registers.licences.contracts import FILE_KIND, LicenceEntry
from yaojian.registers.licences.models import Licence, LicenceStatus, LicenceVersion
from yaojian.registers.licences.numbers import plain_number
from yaojian.registers.licences.permissions import check_user_can_edit
from yaojian.registers.licences.push import push_numbers
from yaojian.registers.licences.queries import licence_visible_to
from yaojian.registers.licences.rules import MAX_ITEM, MAX_NAME, MAX_PREMISES, MAX_SCOPE_ITEMS
from yaojian.registers.licences.states import ENDED, LICENCE_STATES, LicenceState

ACT_OF_VERB = {
    "suspend": "licence.suspended",
    "resume": "licence.resumed",
    "cancel": "licence.cancelled",
    "revoke": "licence.revoked",
    "withdraw": "licence.withdrawn",
}
"""The verbs by which an officer moves a licence to another state, and the act of each."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a licence may say anew within its term."""

    holder_name: str
    scope: tuple[str, ...]
    premises: str


def file_ref(licence: Licence) -> Ref:
    """The pointer to a licence's file."""
    return Ref(FILE_KIND, licence.pk)


@transaction.atomic
def issue_licence(*, by: Actor, code: str, entry: LicenceEntry) -> Licence:
    """Enter a new licence or filing of the subject with a code (`entry.subject` is not read).

    Raises NotFound and NotAllowed (scope), RuleBroken (the subject is closed), InvalidInput with the errors
    by field (number, kind, days, overlap).
    """
    check_may(by, Permission.LICENCE_EDIT)
    visible = subjects_visible_to(by).select_related("responsible_organ")
    subject = visible.filter(code=code.strip()).first()
    if subject is None:
        raise NotFound(NOT_HERE, field="subject")
    check_user_can_edit(by, subject)
    if not subject.is_open:
        raise RuleBroken(_("This subject is closed. A closed subject is given no licence."))
    entry = replace(entry, subject=subject.code, number=plain_number(entry.number))
    licence = _enter(by, entry)
    _record(by, licence, "licence.issued", {"reason": entry.reason})
    return licence


def _enter(by: Actor, entry: LicenceEntry) -> Licence:
    """Enter one licence through the same checks as a list. Raises InvalidInput."""
    outcome = Portion(by, today(), None).enter([entry])[0]
    if outcome.change in ("changed", "unchanged"):
        raise InvalidInput(
            _("This licence is in the register already."),
            field="number",
            cure=_("Open its file and change it there."),
        )
    if outcome.licence_id is None:
        first_field = next(iter(outcome.errors))
        raise InvalidInput(outcome.errors[first_field], field=first_field, errors=outcome.errors)
    return Licence.objects.select_related("subject__responsible_organ").get(pk=outcome.licence_id)


@transaction.atomic
def renew_licence(
    *,
    by: Actor,
    licence_id: int,
    issued_on: date,
    valid_from: date,
    expires_on: date | None,
    number: str = "",
    reason: str = "",
) -> Licence:
    """Enter the next term of a licence, with the same number or another; the old one ends the day before.

    Raises NotFound, NotAllowed, Conflict (the state does not permit it), InvalidInput (a gap, an earlier
    first day, what an entry is refused for).
    """
    old = _locked(by, licence_id)
    _check_verb(old, "renew")
    _check_term(old, issued_on, valid_from)
    current = old.versions.get(valid_to__isnull=True)
    _write_status(old, LicenceState.SUPERSEDED, valid_from, reason)
    new = _enter(
        by,
        LicenceEntry(
            kind=old.kind,
            number=plain_number(number) or old.number,
            subject=old.subject.code,
            issued_on=issued_on,
            valid_from=valid_from,
            expires_on=expires_on,
            holder_name=old.subject.name,
            scope=tuple(current.scope),
            premises=current.premises,
            issuer=current.issuer,
        ),
    )
    new.renews = old
    new.save(update_fields=["renews"])
    push_numbers({old.subject_id: old.subject.subject_type})
    _record(by, new, "licence.renewed", {"renews": old.number, "reason": reason})
    _settle(by, old)
    return new


def _settle(by: Actor, licence: Licence) -> None:
    """What the end of the licence asked for is done, and its clocks have nothing left to count to."""
    end_countdowns(by, file_ref(licence))
    complete_items_of_file(file_ref(licence))


def _check_term(old: Licence, issued_on: date, valid_from: date) -> None:
    if valid_from <= old.valid_from:
        raise InvalidInput(
            _("The new term must begin after %(day)s, the first day of the old one.")
            % {"day": old.valid_from.isoformat()},
            field="valid_from",
        )
    if old.expires_on is None:
        return
    if valid_from > old.expires_on + timedelta(days=1):
        raise InvalidInput(
            _("The old licence ends on %(day)s. A renewal begins the day after at the latest.")
            % {"day": old.expires_on.isoformat()},
            field="valid_from",
            cure=_("If there was a time without licence, enter a new licence instead of a renewal."),
        )
    if issued_on > old.expires_on:
        raise InvalidInput(
            _("The old licence ended on %(day)s; a renewal must have been decided by then.")
            % {"day": old.expires_on.isoformat()},
            field="issued_on",
            cure=_("If it was decided later, enter a new licence instead of a renewal."),
        )


@transaction.atomic
def change_licence(
    *, by: Actor, licence_id: int, effective_on: date, contents: Contents, reason: str
) -> Licence:
    """Change what a licence says (holder's name, scope, premises) from a day on; the older version stays.

    Raises NotFound, NotAllowed, Conflict, InvalidInput (a day outside the term, nothing changed, too long).
    """
    licence = _locked(by, licence_id)
    _check_verb(licence, "change")
    current = licence.versions.get(valid_to__isnull=True)
    contents = _checked(contents)
    changed = [name for name, value in _fields_of(contents).items() if getattr(current, name) != value]
    if not changed:
        raise InvalidInput(_("Nothing is different from what the licence says already."), field="scope")
    if not current.valid_from < effective_on <= today():
        raise InvalidInput(
            _("The present version began on %(first)s; the change begins later, by today at the latest.")
            % {"first": current.valid_from.isoformat()},
            field="effective_on",
        )
    LicenceVersion.objects.filter(pk=current.pk).update(valid_to=effective_on - timedelta(days=1))
    LicenceVersion.objects.create(
        licence=licence,
        valid_from=effective_on,
        issuer=current.issuer,
        reason=_reason(reason),
        **_fields_of(contents),
    )
    licence.holder_name = contents.holder_name
    licence.save(update_fields=["holder_name"])
    _record(
        by, licence, "licence.changed", {"changed": changed, "effective_on": effective_on, "reason": reason}
    )
    return licence


def _fields_of(contents: Contents) -> dict[str, object]:
    return {
        "holder_name": contents.holder_name,
        "scope": list(contents.scope),
        "premises": contents.premises,
    }


def _checked(contents: Contents) -> Contents:
    scope = tuple(dict.fromkeys(item.strip() for item in contents.scope if item.strip()))
    if len(scope) > MAX_SCOPE_ITEMS or any(len(item) > MAX_ITEM for item in scope):
        raise InvalidInput(_("At most 200 items of scope, each of at most 120 characters."), field="scope")
    name, premises = contents.holder_name.strip(), contents.premises.strip()
    if not name:
        raise InvalidInput(_("The holder's name is missing."), field="holder_name")
    if len(name) > MAX_NAME:
        raise InvalidInput(_("At most 200 characters."), field="holder_name")
    if len(premises) > MAX_PREMISES:
        raise InvalidInput(_("At most 300 characters."), field="premises")
    return Contents(name, scope, premises)


@transaction.atomic
def move_licence(*, by: Actor, licence_id: int, verb: str, effective_on: date, reason: str) -> Licence:
    """Suspend, resume, cancel (注销), revoke (吊销) or withdraw (撤销) a licence from a day on.

    Raises NotFound, NotAllowed, Conflict (the state does not permit the verb), InvalidInput (no reason; a day
    before the present state began, or to come).
    """
    licence = _locked(by, licence_id)
    target = _check_verb(licence, verb)
    words = _reason(reason)
    if not licence.state_since <= effective_on <= today():
        raise InvalidInput(
            _("The present state began on %(first)s; the next one begins between that day and today.")
            % {"first": licence.state_since.isoformat()},
            field="effective_on",
        )
    _write_status(licence, target, effective_on, words)
    push_numbers({licence.subject_id: licence.subject.subject_type})
    if target in ENDED:
        _settle(by, licence)
    _record(by, licence, ACT_OF_VERB[verb], {"effective_on": effective_on, "reason": words})
    return licence


def _locked(by: Actor, licence_id: int) -> Licence:
    licence = licence_visible_to(by, licence_id, for_update=True)
    check_user_can_edit(by, licence.subject)
    return licence


def _check_verb(licence: Licence, verb: str) -> LicenceState:
    """The state a verb leads to. Raises Conflict when it leads nowhere from the licence's."""
    state = licence.state_today()
    if not LICENCE_STATES.permits(state, verb):
        raise Conflict(
            _("This licence is in a state in which that is not possible."),
            cure=_("The page shows where it stands now, since when, and why."),
        )
    if licence.state_since > today():
        raise Conflict(
            _("This licence has been renewed; the next term begins on %(day)s.")
            % {"day": licence.state_since.isoformat()},
            cure=_("Enter the change at the next term, or wait until it has begun."),
        )
    return LICENCE_STATES.next(state, verb)


def _write_status(licence: Licence, state: LicenceState, since: date, reason: str) -> None:
    """Write a state down from a day on; one that began on the same day gives way, the journal keeps both."""
    licence.history.filter(valid_to__isnull=True, valid_from=since).delete()
    licence.history.filter(valid_to__isnull=True).update(valid_to=since - timedelta(days=1))
    LicenceStatus.objects.create(licence=licence, state=state.value, valid_from=since, reason=reason[:300])
    licence.state, licence.state_since = state.value, since
    if state in ENDED:
        licence.valid_to = ended_span(licence.valid_from, licence.expires_on, since)
    licence.save(update_fields=["state", "state_since", "valid_to"])


def _reason(text: str) -> str:
    words = text.strip()
    if not words:
        raise InvalidInput(
            _("The reason is missing."), field="reason", cure=_("Name the decision or the application.")
        )
    if len(words) > 300:
        raise InvalidInput(_("At most 300 characters."), field="reason")
    return words


def _record(by: Actor, licence: Licence, kind: str, facts: dict[str, object]) -> Act:
    return record_act(
        by=by,
        kind=kind,
        subject=subject_ref(licence.subject_id),
        file=file_ref(licence),
        facts={
            "licence_kind": licence.kind,
            "licence_number": licence.number,
            "valid_from": licence.valid_from,
            "expires_on": licence.expires_on,
            **{name: value for name, value in facts.items() if value},
        },
    )
