"""The people of a subject, for the tab of its file: `people/_subject_people.html`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.urls import reverse

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.design.as_of import AsOf
from yaojian.registers.people.queries import roles_at_subject
from yaojian.registers.people.web.wording import role_row


def subject_people_context(actor: Actor, subject_ids: Collection[int], day: AsOf) -> dict[str, Any]:
    """What the tab shows; the subject's page has let the actor see the subject.

    `subject_ids`: its key and those of the subjects merged into it.
    """
    may_see = actor.may(Permission.PERSON_VIEW)
    rows = [
        role_row(actor, role, day.day, places=subject_ids, editable=day.is_today)
        for role in (roles_at_subject(subject_ids) if may_see else ())
        if role.valid_from <= day.day or day.is_today
    ]
    return {
        "people_rows": [row for row in rows if row["role"].holds_on(day.day)],
        "former_rows": [row for row in rows if not row["role"].holds_on(day.day)],
        "may_see_people": may_see,
        "may_add_people": actor.may(Permission.PERSON_EDIT) and day.is_today,
        "people_url": reverse("people:list"),
    }
