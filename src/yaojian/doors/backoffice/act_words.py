"""Acts in words: what they mean, which icon they carry, and their facts as names and values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yaojian.casework.inspections.facade import (
    CONCLUSION_MEANINGS,
    CONCLUSION_NAMES,
    FILE_KIND,
    KIND_NAMES,
    SEVERITY_NAMES,
    Conclusion,
    InspectionKind,
    Severity,
)
from yaojian.doors.backoffice.oversight_words import OVERSIGHT_FACTS
from yaojian.foundation.accounts.facade import (
    LEVEL_NAMES,
    ORGAN_KIND_NAMES,
    ROLE_NAMES,
    SHARED_NAMES,
    Level,
    OrganKind,
    Role,
    Shared,
)
from yaojian.foundation.deadlines.facade import GROUND_NAMES, UNIT_NAMES, Ground, Unit
from yaojian.foundation.design.templatetags.design import datetime_cn
from yaojian.foundation.ledger.facade import Act, kind_name, meaning_of_kind
from yaojian.foundation.privacy.facade import field_name
from yaojian.foundation.worklist.facade import ITEM_KIND, item_kind
from yaojian.oversight.mandates.facade import FACT_NAMES
from yaojian.registers.enterprises.facade import ENTITY_KIND, RISK_NAMES, RiskGrade
from yaojian.registers.jurisdiction.facade import MATTER_NAMES, Matter
from yaojian.registers.licences.facade import kind_name as licence_kind_name
from yaojian.registers.people.facade import (
    CATEGORY_NAMES,
    DOMAIN_NAMES,
    GRADE_NAMES,
    POSITION_NAMES,
    PRACTICE_NAMES,
    ROLE_KIND_NAMES,
    SEQUENCE_NAMES,
    TIER_NAMES,
    Category,
    Domain,
    Grade,
    PositionKind,
    Practice,
    RoleKind,
    Sequence,
    Tier,
)
from yaojian.registers.people.facade import FILE_KIND as PERSON_FILE

TEXTS = ("description", "reason", "report", "note")
"""The facts that are whole sentences: a timeline shows them as text, not as a name and a value."""


def _findings(counts: Mapping[str, int]) -> str:
    parts = [f"{SEVERITY_NAMES[Severity(name)]} {n}" for name, n in counts.items() if n]
    return _(", ").join(parts) if parts else _("no findings")


def _joined(items: Iterable[Any]) -> str:
    return _(", ").join(str(item) for item in items)


def _item_kind(code: str) -> str:
    try:
        return str(item_kind(code).name)
    except KeyError:
        return code


def _yes_or_no(value: bool) -> str:
    return _("yes") if value else _("no")


def _ground(code: str) -> str:
    return str(GROUND_NAMES[Ground(code)])


def _unit(code: str) -> str:
    return str(UNIT_NAMES[Unit(code)])


def _changes(what: object) -> str:
    """What changed: the names of columns, or how many rows."""
    if not isinstance(what, list):
        return str(what)
    return _joined(COLUMNS.get(name, name) for name in what)


def _entries_of_organs(organs: Mapping[str, Any]) -> str:
    return _("; ").join(f"{code} {entries}" for code, (entries, _root) in organs.items())


def _moment(text: str) -> str:
    return str(datetime_cn(datetime.fromisoformat(text)))


def _among(names: Mapping[Any, Promise], member: Callable[[str], Any]) -> Callable[[str], str]:
    return lambda value: str(names[member(value)]) if value else ""


COLUMNS: dict[str, Promise] = {
    "name": gettext_lazy("Name"),
    "name_en": gettext_lazy("English name"),
    "short_name": gettext_lazy("Short name"),
    "level": gettext_lazy("Level"),
    "parent": gettext_lazy("Superior organ"),
    "territories": gettext_lazy("Territory"),
    "holder_name": gettext_lazy("Holder"),
    "holder": gettext_lazy("Holder"),
    "scope": gettext_lazy("Scope of business"),
    "premises": gettext_lazy("Premises"),
    "brand": gettext_lazy("Brand name"),
    "dosage_form": gettext_lazy("Dosage form"),
    "specification": gettext_lazy("Specification or model"),
    "standard": gettext_lazy("Standard or technical requirements"),
    "device_class": gettext_lazy("Device class"),
    "flags": gettext_lazy("Marks"),
    "producers": gettext_lazy("Producers"),
    "expires_on": gettext_lazy("Valid until"),
    "kind": pgettext_lazy("organ", "Kind"),
    "code": gettext_lazy("Code"),
    "subject_type": pgettext_lazy("subject", "Type"),
    "legal_entity": gettext_lazy("Legal entity"),
    "uscc": gettext_lazy("Unified social credit code"),
    "registered_address": gettext_lazy("Registered address"),
    "established_on": gettext_lazy("Established on"),
    "dissolved_on": gettext_lazy("Deregistered on"),
    "status": gettext_lazy("Registration status"),
    "superior": gettext_lazy("Superior subject"),
    "division_code": pgettext_lazy("subject", "Place"),
    "address": gettext_lazy("Address"),
    "latitude": gettext_lazy("Latitude"),
    "longitude": gettext_lazy("Longitude"),
    "business_scope": gettext_lazy("Business scope"),
    "hospital_level": gettext_lazy("Level of the hospital"),
    "opened_on": gettext_lazy("In operation since"),
}

SIGN_IN_STEPS: dict[str, Promise] = {
    "password": gettext_lazy("Password"),
    "second_factor": gettext_lazy("Second factor"),
}
SESSION_ENDS: dict[str, Promise] = {
    "ended": gettext_lazy("ended on the page"),
    "password": gettext_lazy("new password"),
    "rights": gettext_lazy("change of rights"),
    "factor": gettext_lazy("second factor reset"),
    "left": gettext_lazy("left the service"),
}


def _shares(codes: Iterable[str]) -> str:
    return _joined(SHARED_NAMES[Shared(code)] for code in codes)


def _values(columns: Mapping[str, Any]) -> str:
    """The values of some columns of an organ, each with the column's name."""
    words = {"level": _among(LEVEL_NAMES, Level), "kind": _among(ORGAN_KIND_NAMES, OrganKind)}
    parts = []
    for name, value in columns.items():
        text = _joined(value) if isinstance(value, list) else words.get(name, str)(value)
        parts.append(f"{COLUMNS.get(name, name)} {text or '—'}")
    return _("; ").join(parts)


ESCALATIONS: dict[str, Promise] = {"chief": ROLE_NAMES[Role.CHIEF], "leader": ROLE_NAMES[Role.LEADER]}


def _alarms(plan: Mapping[str, Any]) -> str:
    """A plan of reminders and escalation in one line."""
    return _("reminders %(remind)s, section chief %(chief)s, bureau leader %(leader)s (working days)") % {
        "remind": _(", ").join(map(str, plan["remind"])) if plan["remind"] else _("none"),
        "chief": plan["chief"] or _("none"),
        "leader": plan["leader"] or _("none"),
    }


FACTS: dict[str, tuple[Promise, Callable[[Any], Any]]] = {
    "number": (gettext_lazy("File number"), str),
    "inspection_kind": (gettext_lazy("Kind of inspection"), _among(KIND_NAMES, InspectionKind)),
    "organ_level": (gettext_lazy("Level of the inspecting organ"), _among(LEVEL_NAMES, Level)),
    "team": (pgettext_lazy("inspection", "Team"), _joined),
    "basis": (gettext_lazy("Occasion"), str),
    "conclusion": (pgettext_lazy("inspection", "Conclusion"), _among(CONCLUSION_NAMES, Conclusion)),
    "findings": (pgettext_lazy("inspection", "Findings"), _findings),
    "finding": (gettext_lazy("Finding no."), str),
    "severity": (gettext_lazy("Severity"), _among(SEVERITY_NAMES, Severity)),
    "clause": (gettext_lazy("Clause not met"), str),
    "description": (gettext_lazy("What was found"), str),
    "rectify_by": (gettext_lazy("Rectification deadline"), str),
    "report": (gettext_lazy("Rectification report"), str),
    "note": (gettext_lazy("Remark"), str),
    "reason": (gettext_lazy("Reason"), str),
    "late": (gettext_lazy("After the deadline"), _yes_or_no),
    "kind": (gettext_lazy("Kind of work"), _item_kind),
    "assignee": (gettext_lazy("Assigned to"), str),
    "former": (pgettext_lazy("work item", "Had until then"), str),
    "escalation": (pgettext_lazy("work item", "Escalated to"), _among(ESCALATIONS, str)),
    "item": (gettext_lazy("Work item no."), str),
    "version": (gettext_lazy("Version"), str),
    "media_type": (gettext_lazy("Media type"), str),
    "size": (gettext_lazy("Size in bytes"), str),
    "fields": (gettext_lazy("Fields looked at"), lambda fields: _joined(map(field_name, fields))),
    "purpose": (gettext_lazy("Purpose"), str),
    "sealed": (gettext_lazy("Fields sealed"), lambda fields: _joined(map(field_name, fields))),
    "person_role": (gettext_lazy("Role in the register"), _among(ROLE_KIND_NAMES, RoleKind)),
    "registration_no": (gettext_lazy("Registration number"), str),
    "certificate_no": (gettext_lazy("Certificate number"), str),
    "category": (gettext_lazy("Practice category"), _among(CATEGORY_NAMES, Category)),
    "practice": (gettext_lazy("Practice scope"), _among(PRACTICE_NAMES, Practice)),
    "sequence": (gettext_lazy("Sequence"), _among(SEQUENCE_NAMES, Sequence)),
    "tier": (gettext_lazy("Tier"), _among(TIER_NAMES, Tier)),
    "grade": (gettext_lazy("Grade"), _among(GRADE_NAMES, Grade)),
    "domain": (gettext_lazy("Domain"), _among(DOMAIN_NAMES, Domain)),
    "institution": (gettext_lazy("Institution"), str),
    "position": (gettext_lazy("Position"), _among(POSITION_NAMES, PositionKind)),
    "refused": (gettext_lazy("Refused entries"), str),
    "username": (gettext_lazy("User name"), str),
    "role": (gettext_lazy("Role"), _among(ROLE_NAMES, Role)),
    "organ": (gettext_lazy("Code of the organ"), str),
    "name": (gettext_lazy("Name"), str),
    "is_new": (gettext_lazy("Entered for the first time"), _yes_or_no),
    "posting": (gettext_lazy("Posting"), str),
    "from_posting": (gettext_lazy("Posting until then"), str),
    "deputy": (gettext_lazy("Deputy"), str),
    "on_behalf_of": (gettext_lazy("On behalf of"), str),
    "successor": (gettext_lazy("Taken over by"), str),
    "step": (gettext_lazy("Refused at"), lambda step: str(SIGN_IN_STEPS.get(step, step))),
    "why": (gettext_lazy("Occasion of ending"), lambda why: str(SESSION_ENDS.get(why, why))),
    "route": (gettext_lazy("Page"), str),
    "permission": (gettext_lazy("Right that is missing"), str),
    "repeats": (gettext_lazy("Further refusals since the last entry"), str),
    "left": (gettext_lazy("Recovery codes left"), str),
    "token": (gettext_lazy("Beginning of the token"), str),
    "permissions": (gettext_lazy("Rights"), _joined),
    "issuer": (gettext_lazy("Outside sign-in service"), str),
    "year": (gettext_lazy("Year"), str),
    "confirmed": (gettext_lazy("Postings confirmed"), str),
    "ended": (gettext_lazy("Postings ended"), str),
    "full_time": (gettext_lazy("Full-time"), _yes_or_no),
    "valid_from": (gettext_lazy("In force from"), str),
    "valid_to": (gettext_lazy("In force until"), str),
    "before": (gettext_lazy("Before"), _values),
    "after": (gettext_lazy("Afterwards"), _values),
    "above": (gettext_lazy("Code of the organ above"), str),
    "dropped": (gettext_lazy("Planned changes dropped"), str),
    "table": (gettext_lazy("Table of jurisdiction"), str),
    "rules_ended": (gettext_lazy("Rules ended"), str),
    "matter": (gettext_lazy("Matter"), _among(MATTER_NAMES, Matter)),
    "region": (gettext_lazy("Code of the region"), str),
    "level": (gettext_lazy("Level"), _among(LEVEL_NAMES, Level)),
    "source": (gettext_lazy("Source"), str),
    "taker": (gettext_lazy("Opened to (code of the organ)"), str),
    "shares": (
        gettext_lazy("What is shared"),
        _shares,
    ),
    "territories": (gettext_lazy("Territory"), _joined),
    "document": (gettext_lazy("Document"), str),
    "until": (gettext_lazy("Locked until"), _moment),
    "rule": (gettext_lazy("Code of the rule"), str),
    "rules": (gettext_lazy("Codes of the rules"), _joined),
    "clock": (gettext_lazy("Clock no."), str),
    "due_on": (gettext_lazy("Due day"), str),
    "due_before": (gettext_lazy("Due day before"), str),
    "given": (gettext_lazy("Time given instead of the rule's"), str),
    "ground": (gettext_lazy("Ground"), _ground),
    "amount": (gettext_lazy("Amount"), str),
    "amount_before": (gettext_lazy("Amount before"), str),
    "unit": (gettext_lazy("Counted in"), _unit),
    "confidence": (gettext_lazy("Confidence"), str),
    "alarms": (gettext_lazy("Alarms"), _alarms),
    "alarms_before": (gettext_lazy("Alarms before"), _alarms),
    "working": (gettext_lazy("Working day"), _yes_or_no),
    "collective": (gettext_lazy("By collective decision"), _yes_or_no),
    "plan": (gettext_lazy("Code of the plan"), str),
    "title": (gettext_lazy("Title"), str),
    "weights": (gettext_lazy("Weights"), _joined),
    **{key: (name, str) for key, name in FACT_NAMES.items()},
    "rows": (gettext_lazy("Number of rows"), str),
    "count": (gettext_lazy("Number of entries"), str),
    "new": (gettext_lazy("New entries"), str),
    "uscc": (gettext_lazy("Unified social credit code"), str),
    "changed": (gettext_lazy("Changed"), _changes),
    "day": (gettext_lazy("Day"), str),
    "closing": (gettext_lazy("Number of the closing"), str),
    "first_entry": (gettext_lazy("First entry of the day"), str),
    "end_entry": (gettext_lazy("First entry after the day"), str),
    "subjects_counted": (gettext_lazy("Subjects with entries"), str),
    "places": (gettext_lazy("Places in the tree of subjects"), str),
    "subjects_root": (gettext_lazy("Root over the subjects"), str),
    "organ_entries": (gettext_lazy("Entries of organs"), _entries_of_organs),
    "from_day": (gettext_lazy("First day"), str),
    "to_day": (gettext_lazy("Last day"), str),
    "list": (gettext_lazy("List"), str),
    "register": (gettext_lazy("Register"), str),
    "format": (gettext_lazy("Format"), str),
    "filters": (gettext_lazy("Filters"), _joined),
    "unchanged": (gettext_lazy("Unchanged"), str),
    "broken": (gettext_lazy("Broken rows"), str),
    "kept": (gettext_lazy("Left as they are"), str),
    "days": (gettext_lazy("Days"), lambda days: _joined(days) if isinstance(days, list) else str(days)),
    "sha256": (gettext_lazy("SHA-256 of the content"), str),
    "licence_kind": (gettext_lazy("Kind of licence"), licence_kind_name),
    "licence_number": (gettext_lazy("Licence number"), str),
    "renews": (gettext_lazy("Number of the licence before"), str),
    "product": (gettext_lazy("Product"), str),
    "approval_no": (gettext_lazy("Approval, registration or filing number"), str),
    "effective_on": (gettext_lazy("With effect from"), str),
    "expires_on": (gettext_lazy("Valid until"), str),
    "removed": (gettext_lazy("Entries removed"), str),
    "restored": (gettext_lazy("Entries as before"), str),
    "batch": (gettext_lazy("Batch"), str),
    "risk_grade": (gettext_lazy("Risk grade"), _among(RISK_NAMES, RiskGrade)),
    "grade_before": (gettext_lazy("Risk grade before"), _among(RISK_NAMES, RiskGrade)),
    "score": (gettext_lazy("Points"), str),
    "by_hand": (gettext_lazy("Set by hand"), _yes_or_no),
    "kept_code": (gettext_lazy("Subject that was kept"), str),
    "ended_code": (gettext_lazy("Subject that was merged into it"), str),
    "moved": (gettext_lazy("Files and entries moved"), str),
    "from_organ": (gettext_lazy("Organ before"), str),
    "to_organ": (gettext_lazy("Organ after"), str),
    "withdrawn": (gettext_lazy("Act taken back"), str),
    "codes_sha256": (gettext_lazy("SHA-256 of the codes"), str),
    **OVERSIGHT_FACTS,
}

_ORDER = {key: place for place, key in enumerate(FACTS)}


def facts_in_words(facts: Mapping[str, Any], without: Iterable[str] = ()) -> list[tuple[str, Any]]:
    """The facts of an act as pairs of name and value; a fact without a name here keeps its key."""
    left_out = set(without)
    pairs = []
    for key in sorted(facts, key=lambda key: _ORDER.get(key, len(_ORDER))):
        value = facts[key]
        if key in left_out or value in (None, "", [], {}):
            continue
        name, in_words = FACTS.get(key, (key, str))
        pairs.append((str(name), in_words(value)))
    return pairs


def meaning_of(act: Act) -> tuple[str, str]:
    """Which of the five meanings an act has, and its icon."""
    kind, icon = meaning_of_kind(act.kind)
    if conclusion := act.facts.get("conclusion"):
        kind = CONCLUSION_MEANINGS[Conclusion(conclusion)]
    return kind, icon


def title_of(act: Act) -> str:
    """An act's headline: its kind, and for a conclusion what it came to."""
    name = kind_name(act.kind)
    if conclusion := act.facts.get("conclusion"):
        return _("%(act)s: %(outcome)s") % {"act": name, "outcome": CONCLUSION_NAMES[Conclusion(conclusion)]}
    return name


def text_of(act: Act) -> str:
    """What an act says in whole sentences, or nothing."""
    return next((str(act.facts[key]) for key in TEXTS if act.facts.get(key)), "")


def file_address(act: Act) -> str:
    """The page of the file an act belongs to, or nothing."""
    if act.file_kind == FILE_KIND and act.file_id:
        return reverse("inspections:file", args=[act.file_id])
    if act.file_kind == PERSON_FILE and act.file_id:
        return reverse("people:person", args=[act.file_id])
    if act.file_kind == ENTITY_KIND and act.file_id:
        return reverse("backoffice:entity", args=[act.file_id])
    if act.file_kind == ITEM_KIND and act.file_id:
        return reverse("backoffice:work_item", args=[act.file_id])
    return ""
