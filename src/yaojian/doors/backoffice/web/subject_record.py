"""A subject's entry in the register, as the rows of its file."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yaojian.registers.enterprises.facade import (
    HOSPITAL_LEVELS,
    RISK_NAMES,
    RiskGrade,
    Subject,
    flag_name,
    type_name,
)


def record_of(subject: Subject, place: str) -> list[dict[str, Any]]:
    """The subject's entry in the register."""
    holder = subject.enterprise
    entity = f"{holder.name} {holder.uscc} {holder.get_kind_display()}" if holder else ""
    entity_url = reverse("backoffice:entity", args=[holder.pk]) if holder else ""
    level = HOSPITAL_LEVELS[subject.hospital_level] if subject.hospital_level else ""
    flags = [flag_name(flag) for flag in subject.flags]
    return [
        {"label": _("Name"), "value": subject.name},
        {"label": _("Unified social credit code or facility code"), "value": subject.code},
        {"label": pgettext("subject", "Type"), "value": type_name(subject.subject_type)},
        {"label": _("Licence number"), "value": subject.licence_no},
        {
            "label": _("Located in"),
            "value": f"{place}（{subject.division_code}）" if place else subject.division_code,
        },
        {"label": _("Address"), "value": subject.address},
        {"label": _("Coordinates (WGS-84)"), "value": coordinates_of(subject)},
        {"label": _("Legal entity"), "value": entity, "href": entity_url},
        {"label": _("Business scope"), "value": subject.business_scope},
        {"label": _("Responsible organ"), "value": subject.responsible_organ.label},
        {"label": _("Risk grade"), "value": RISK_NAMES[RiskGrade(subject.risk_grade)]},
        {
            "label": _("Marks"),
            "value": _(", ").join(flags),
            "hint": _("Plans choose subjects by these marks."),
        },
        *([{"label": _("Level of the hospital"), "value": level}] if level else []),
        {"label": _("In operation since"), "value": subject.opened_on.isoformat()},
        {
            "label": _("Closed on"),
            "value": subject.closed_on.isoformat() if subject.closed_on else _("not closed"),
        },
    ]


def coordinates_of(subject: Subject) -> str:
    """Where it lies, as degrees north and east; empty when nobody has entered it."""
    if subject.latitude is None or subject.longitude is None:
        return ""
    return f"{subject.latitude:.6f}, {subject.longitude:.6f}"
