"""Which of the five meanings an act has by its kind, and the icon it carries in lists and timelines."""

from __future__ import annotations

MEANINGS: dict[str, tuple[str, str]] = {
    "session.opened": ("neutral", "login"),
    "session.closed": ("neutral", "logout"),
    "account.created": ("neutral", "user-plus"),
    "account.locked": ("due_soon", "shield-lock"),
    "account.password_set": ("neutral", "key"),
    "person.posted": ("neutral", "user-circle"),
    "organ.registered": ("neutral", "sitemap"),
    "organ.opened": ("done", "sitemap"),
    "organ.changed": ("neutral", "sitemap"),
    "organ.moved": ("info", "sitemap"),
    "organ.closed": ("neutral", "ban"),
    "organ.change_applied": ("info", "sitemap"),
    "agreement.entered": ("info", "link"),
    "agreement.ended": ("neutral", "ban"),
    "subjects.registered": ("neutral", "database"),
    "calendar.edited": ("neutral", "calendar-event"),
    "plan.loaded": ("neutral", "package"),
    "personal_data.viewed": ("due_soon", "eye"),
    "personal_data.destroyed": ("overdue", "trash"),
    "personal_data.keys_rewrapped": ("neutral", "key"),
    "list.exported": ("neutral", "table-export"),
    "register.imported": ("info", "table-import"),
    "register.import_undone": ("due_soon", "arrow-back-up"),
    "worklist.assigned": ("neutral", "user-check"),
    "inspection.opened": ("neutral", "clipboard-list"),
    "inspection.started": ("info", "map-pin"),
    "inspection.finding_recorded": ("due_soon", "flag"),
    "inspection.concluded": ("info", "clipboard-check"),
    "rectification.submitted": ("info", "upload"),
    "rectification.returned": ("due_soon", "arrow-back-up"),
    "rectification.verified": ("done", "shield-check"),
    "inspection.closed": ("done", "circle-check"),
    "inspection.cancelled": ("neutral", "ban"),
}


def meaning_of_kind(kind: str) -> tuple[str, str]:
    """Meaning and icon of a kind of act; neutral with a dot for one that has none here."""
    return MEANINGS.get(kind, ("neutral", "circle-dot"))
