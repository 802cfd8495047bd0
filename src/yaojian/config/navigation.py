"""The shell's navigation: rooms in regulators' words, narrowed to what the acting person may open."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.notices.facade import unread_count

GROUPS: list[tuple[Any, list[tuple[Any, str, str, Permission]]]] = [
    (_("Work"), [(_("Workbench"), "backoffice:workbench", "checklist", Permission.HOME)]),
    (
        _("Registers"),
        [
            (_("Subjects"), "backoffice:subjects", "building", Permission.SUBJECT_VIEW),
            (_("Licences and filings"), "backoffice:licences", "license", Permission.LICENCE_VIEW),
            (_("Products"), "backoffice:products", "package", Permission.PRODUCT_VIEW),
            (_("Jurisdiction"), "jurisdiction:table", "scale", Permission.RULES_VIEW),
            (pgettext_lazy("register", "People"), "people:list", "users", Permission.PERSON_VIEW),
            (_("Imports"), "intake:list", "table-import", Permission.REGISTER_IMPORT),
        ],
    ),
    (
        _("Casework"),
        [(_("Inspections"), "inspections:list", "clipboard-check", Permission.INSPECTION_VIEW)],
    ),
    (
        _("Oversight"),
        [
            (_("Plan cockpit"), "plans:cockpit", "target", Permission.PLAN_VIEW),
            (_("Milestones and evaluations"), "evaluations:milestones", "flag", Permission.EVALUATION_VIEW),
            (_("Statements"), "statistics:list", "forms", Permission.STATISTIC_VIEW),
            (_("Mandates"), "mandates:list", "calendar-due", Permission.MANDATE_VIEW),
            (_("Drafts of plans"), "drafting:list", "copy", Permission.PLAN_DRAFT),
            (_("Journal of acts"), "backoffice:journal", "history", Permission.JOURNAL_VIEW),
        ],
    ),
    (
        _("Administration"),
        [
            (_("Organs"), "administration:organs", "sitemap", Permission.ORGAN_VIEW),
            (_("People and rights"), "administration:people", "users", Permission.ACCOUNT_VIEW),
            (_("Statutory clocks"), "administration:rules", "scale", Permission.RULES_VIEW),
        ],
    ),
    (
        _("For developers"),
        [
            (_("Programming interface (API)"), "api_page", "api", Permission.TOKEN_MANAGE),
            (_("Components"), "backoffice:components", "layout", Permission.DESIGN_VIEW),
        ],
    ),
]
PHONE = ("backoffice:workbench", "backoffice:subjects", "inspections:list", "plans:cockpit")


def _groups(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    addresses = [reverse(view) for _label, entries in GROUPS for _name, view, _icon, _needs in entries]
    # The room whose address is the longest beginning of this one: /plans/mandates/ is not the cockpit.
    here = max(
        (url for url in addresses if request.path.startswith(url) and url != "/"), key=len, default="/"
    )
    here = here if here != "/" or request.path == "/" else ""
    groups = []
    for label, entries in GROUPS:
        items = []
        for name, view, icon, permission in entries:
            if actor.may(permission):
                url = reverse(view)
                items.append({"label": name, "url": url, "icon": icon, "active": url == here, "view": view})
        if items:
            groups.append({"label": label, "items": items})
    return groups


def shell_context(request: HttpRequest) -> dict[str, Any]:
    """What the base template shows around every page."""
    actor: Actor | None = getattr(request, "actor", None)
    context: dict[str, Any] = {
        "actor": actor,
        "languages": settings.LANGUAGES,
        "current_language": get_language(),
        "navigation": [],
        "bottom_navigation": [],
    }
    if actor is not None:
        groups = _groups(request, actor)
        items = [item for group in groups for item in group["items"]]
        context["navigation"] = groups
        context["choose_posting_url"] = reverse("administration:choose_posting")
        context["other_postings"] = [
            (posting.pk, f"{posting.organ.label} · {posting.get_role_display()}")
            for posting in getattr(request, "postings", ())
            if posting.pk != actor.posting_id
        ]
        context["own_account_url"] = reverse("administration:own_account")
        context["role_label"] = actor.role_name
        context["bottom_navigation"] = [item for item in items if item["view"] in PHONE]
        if actor.may(Permission.NOTICE_VIEW):
            context["notices_url"] = reverse("backoffice:notices")
            # Asked only by templates that show the bell.
            context["unread_notices"] = partial(unread_count, actor)
        if actor.may(Permission.SUBJECT_VIEW):
            context["search_url"] = reverse("backoffice:subjects")
    return context
