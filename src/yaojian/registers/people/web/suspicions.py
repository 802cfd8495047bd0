"""Why a registration is suspected, in sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from yaojian.foundation.design.as_of import AsOf
from yaojian.registers.people.contracts import PositionKind
from yaojian.registers.people.models import PharmacistRegistration


def suspicion_reasons(role: PharmacistRegistration, positions: list[Any], day: AsOf) -> list[str]:
    """Why a registration looks lent, in sentences."""
    reasons = [
        (
            _("At the same time employed at %(subject)s, from %(since)s.")
            if position.position == PositionKind.EMPLOYEE
            else _("At the same time %(position)s of %(subject)s, from %(since)s.")
        )
        % {
            "position": position.get_position_display(),
            "subject": position.subject.name,
            "since": position.valid_from,
        }
        for position in positions
        if position.subject_id != role.subject_id
    ]
    if role.subject.closed_on is not None and role.subject.closed_on <= day.day:
        reasons.append(
            _("The place of registration closed on %(day)s; the registration goes on.")
            % {"day": role.subject.closed_on}
        )
    return reasons
