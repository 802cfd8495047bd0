"""Changes of a legal entity, each in force from a day and recorded as an act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.errors import InvalidInput, NotAllowed
from yaojian.foundation.ledger.facade import Ref, record_act
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.actions.changing import FARTHEST, check_reason
from yaojian.registers.enterprises.actions.editing import raise_faults
from yaojian.registers.enterprises.actions.storing import ENTERPRISES, Mark, histories_of, rewrite, spans_of
from yaojian.registers.enterprises.codes import is_unified_code, plain_code
from yaojian.registers.enterprises.contracts import ENTITY_KIND, Fault
from yaojian.registers.enterprises.entity_queries import answers_for_a_facility, enterprise_visible_to
from yaojian.registers.enterprises.entries import faults_of_text, wrong_check_character
from yaojian.registers.enterprises.models import Enterprise
from yaojian.registers.enterprises.pinyin import initials
from yaojian.registers.enterprises.types import EnterpriseStatus, kind_of_code
from yaojian.registers.enterprises.versions import Span, Values, changed_from, span_on

EDITABLE = ("uscc", "name", "registered_address", "established_on", "dissolved_on", "status")
"""What a form may change; the kind follows from the code, the initials from the name."""


def editable_enterprise(by: Actor, enterprise_id: int) -> Enterprise:
    """The legal entity, if the actor may change it.

    Raises NotFound when the actor may not see it, NotAllowed when its facilities are other organs' alone.
    """
    check_may(by, Permission.SUBJECT_EDIT)
    enterprise = enterprise_visible_to(by, enterprise_id)
    if not answers_for_a_facility(by, enterprise):
        raise NotAllowed(
            _("Your organ is responsible for no facility of this legal entity."),
            cure=_("Ask an organ that is responsible for one to make the change."),
        )
    return enterprise


@transaction.atomic
def edit_enterprise(
    *, by: Actor, enterprise_id: int, changes: Mapping[str, Any], effective_on: date, reason: str
) -> bool:
    """Change what the register says of a legal entity from a day; whether anything was another.

    `changes` names fields of `EDITABLE`. Raises NotFound, NotAllowed, InvalidInput (an error a wrong field).
    """
    enterprise = editable_enterprise(by, enterprise_id)
    Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    held = histories_of(ENTERPRISES, [enterprise.pk])
    history = spans_of(held[enterprise.pk])
    _check_day(history, effective_on, reason)
    state = span_on(history, effective_on).values
    columns = _columns(enterprise, {**state, **changes}, changes)
    differing = {name: value for name, value in columns.items() if state[name] != value}
    if not differing:
        return False
    mark = Mark.of(uuid4())
    rewrite(ENTERPRISES, mark, held, {enterprise.pk: changed_from(history, effective_on, differing)})
    changed = sorted(name for name in differing if name in EDITABLE)
    record_act(
        by=by,
        kind="enterprise.changed",
        uid=mark.act,
        file=Ref(ENTITY_KIND, enterprise.pk),
        facts={
            "uscc": state["uscc"],
            "changed": changed,
            "effective_on": effective_on,
            "reason": reason.strip(),
        },
    )
    return True


def _check_day(history: Sequence[Span], day: date, reason: str) -> None:
    if day < history[0].valid_from:
        raise InvalidInput(
            _("The register knows this legal entity from %(day)s on.")
            % {"day": history[0].valid_from.isoformat()},
            field="effective_on",
            cure=_("Choose that day or a later one."),
        )
    if day > today() + FARTHEST:
        raise InvalidInput(
            _("The day lies more than five years ahead."),
            field="effective_on",
            cure=_("Choose an earlier day."),
        )
    check_reason(reason)


def _columns(enterprise: Enterprise, values: Values, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that the changes set, checked against what else holds on the day."""
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise InvalidInput(f"These fields cannot be changed so: {', '.join(sorted(unknown))}.")
    columns = {name: value.strip() if isinstance(value, str) else value for name, value in changes.items()}
    if "uscc" in columns:
        columns["uscc"] = plain_code(columns["uscc"])
        columns["kind"] = kind_of_code(columns["uscc"]).value
    if "name" in columns:
        columns["pinyin"] = initials(columns["name"])
    if faults := _faults(enterprise, {**values, **columns}):
        raise_faults(faults)
    return columns


def _faults(enterprise: Enterprise, values: Values) -> list[Fault]:
    """Everything that is wrong with a legal entity as it would be."""
    faults = [
        fault
        for field in ("name", "registered_address")
        for fault in faults_of_text(field, values[field], 200)
    ]
    if not values["name"]:
        faults.append(Fault("name", _("The name is missing."), _("Enter the registered name.")))
    if not is_unified_code(values["uscc"]):
        faults.append(wrong_check_character("uscc"))
    elif Enterprise.objects.filter(uscc=values["uscc"]).exclude(pk=enterprise.pk).exists():
        faults.append(Fault("uscc", _("Another legal entity has this code."), _("Check the code.")))
    if values["status"] not in set(EnterpriseStatus):
        faults.append(Fault("status", _("This is no registration status."), _("Choose one of the list.")))
    return faults + _faults_of_end(values)


def _faults_of_end(values: Values) -> list[Fault]:
    established, dissolved = values["established_on"], values["dissolved_on"]
    ended = values["status"] == EnterpriseStatus.DISSOLVED
    if ended and dissolved is None:
        return [
            Fault(
                "dissolved_on",
                _("A legal entity that was deregistered has a day on which it was."),
                _("Enter the day, or choose another status."),
            )
        ]
    if dissolved is not None and not ended:
        return [
            Fault(
                "dissolved_on",
                _("Only a legal entity that was deregistered has this day."),
                _("Leave the day empty, or choose the status “deregistered”."),
            )
        ]
    if established is not None and dissolved is not None and dissolved < established:
        return [
            Fault(
                "dissolved_on",
                _("It cannot have been deregistered before it was established."),
                _("Correct one of the two days."),
            )
        ]
    return []
