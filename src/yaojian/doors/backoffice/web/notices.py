"""Notices: what one has been told, by which ways, and which messages could not be delivered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.accounts.web.addresses import safe_next
from yaojian.foundation.design.paging import address, page_of
from yaojian.foundation.errors import Conflict, InvalidInput
from yaojian.foundation.exports.facade import Column, Listing, export_of, exporting, in_chunks
from yaojian.foundation.notices.facade import (
    CHANNEL_NAMES,
    Channel,
    Dispatch,
    DispatchState,
    Notice,
    Words,
    channels_chosen,
    choose_channels,
    contact_of,
    mark_all_read,
    mark_read,
    messages_in,
    notice_kind,
    notice_kinds,
    notices_of,
    send_again,
    set_contact,
    unread_count,
    words_of,
)

STATE_NAMES: dict[DispatchState, Promise] = {
    DispatchState.GIVEN_UP: gettext_lazy("Given up"),
    DispatchState.WAITING: gettext_lazy("Waiting"),
    DispatchState.SENT: gettext_lazy("Sent"),
}

NOTICES = Listing(
    "notices",
    gettext_lazy("Notices"),
    (
        Column(gettext_lazy("Notice"), lambda row: row[1].title, 36),
        Column(pgettext_lazy("notice", "Text"), lambda row: row[1].text, 70),
        Column(pgettext_lazy("notice", "Told at"), lambda row: row[0].created_at, 17),
        Column(pgettext_lazy("notice", "Read at"), lambda row: row[0].read_at, 17),
    ),
)
MESSAGES = Listing(
    "messages",
    gettext_lazy("Messages not delivered"),
    (
        Column(gettext_lazy("Notice"), lambda row: row[1].title, 36),
        Column(pgettext_lazy("notice", "Told at"), lambda row: row[0].notice.created_at, 17),
        Column(pgettext_lazy("message", "To"), lambda row: row[0].notice.recipient.username, 18),
        Column(pgettext_lazy("message", "By"), lambda row: CHANNEL_NAMES[Channel(row[0].channel)], 12),
        Column(gettext_lazy("State"), lambda row: STATE_NAMES[DispatchState(row[0].state)], 12),
        Column(gettext_lazy("Attempts"), lambda row: row[0].attempts, 10),
        Column(gettext_lazy("Last reason"), lambda row: row[0].last_error, 50),
    ),
)


def notice_rows(found: QuerySet[Notice]) -> Iterator[tuple[Notice, Words]]:
    """Notices as they read."""
    for chunk in in_chunks(found):
        words = words_of(chunk)
        yield from ((notice, words[notice.pk]) for notice in chunk)


def message_rows(found: QuerySet[Dispatch]) -> Iterator[tuple[Dispatch, Words]]:
    """Messages with the words of their notices."""
    for chunk in in_chunks(found):
        words = words_of([dispatch.notice for dispatch in chunk])
        yield from ((dispatch, words[dispatch.notice_id]) for dispatch in chunk)


def tabs_of(actor: Actor, here: str) -> list[dict[str, Any]]:
    """The pages about notices; the last is the administrator's."""
    tabs: list[tuple[str, str, int | None]] = [
        ("notices", _("Notices"), None),
        ("notice_channels", _("How I am told"), None),
    ]
    if actor.may(Permission.ACCOUNT_MANAGE):
        given_up = messages_in(actor, DispatchState.GIVEN_UP).count()
        tabs.append(("notice_messages", _("Messages not delivered"), given_up))
    return [
        {"label": label, "url": reverse(f"backoffice:{view}"), "active": view == here, "count": count}
        for view, label, count in tabs
    ]


@requires(Permission.NOTICE_VIEW)
def notices(request: ActingRequest) -> HttpResponseBase:
    """The acting person's notices, the newest first."""
    query = request.GET
    unread, kind = query.get("show") == "unread", query.get("kind", "")
    found = notices_of(request.actor, unread=unread, kind=kind)
    if exporting(request):
        return export_of(request, NOTICES, notice_rows(found), found.count())
    page = page_of(found, query)
    words = words_of(list(page.object_list))
    context = {
        "tabs": tabs_of(request.actor, "notices"),
        "page": page,
        "rows": [{"notice": notice, "words": words[notice.pk]} for notice in page.object_list],
        "unread": unread_count(request.actor),
        "shows": shows(query, unread=unread),
        "kinds": notice_kinds(),
        "kind": kind,
        "filters": filters_in_force(query, kind),
        "clear_url": address(query, kind="", show=""),
        "narrowed": unread or bool(kind),
    }
    return render(request, "backoffice/notices.html", context)


def shows(query: QueryDict, *, unread: bool) -> list[dict[str, Any]]:
    """All or the unread ones."""
    return [
        {"label": _("All"), "url": address(query, show=""), "active": not unread},
        {"label": pgettext("notices", "Unread"), "url": address(query, show="unread"), "active": unread},
    ]


def filters_in_force(query: QueryDict, kind: str) -> list[dict[str, Any]]:
    """The kind to which the list is narrowed, with the address that removes it."""
    known = notice_kind(kind)
    if known is None:
        return []
    value = pgettext("kind of notice", "Kind")
    return [{"label": value, "value": kind_label(kind), "remove_url": address(query, kind="")}]


def kind_label(code: str) -> str:
    """A kind's name in lists: its title without parameters."""
    kind = notice_kind(code)
    return str(kind.name) if kind else code


@require_POST
@requires(Permission.NOTICE_VIEW)
def open_notice(request: ActingRequest, notice_id: int) -> HttpResponse:
    """Note that a notice has been read and go to what it is about."""
    return redirect(mark_read(by=request.actor, notice_id=notice_id).link)


@require_POST
@requires(Permission.NOTICE_VIEW)
def read_all(request: ActingRequest) -> HttpResponse:
    """Note that all notices (of a kind) have been read."""
    n = mark_all_read(by=request.actor, kind=request.POST.get("kind", ""))
    words = ngettext("%(n)s notice marked as read.", "%(n)s notices marked as read.", n)
    messages.success(request, words % {"n": n})
    return redirect(safe_next(request, reverse("backoffice:notices")))


@requires(Permission.NOTICE_VIEW)
def channels(request: ActingRequest) -> HttpResponse:
    """Which kinds of notices reach the acting person by which ways beside the shell."""
    if request.method == "POST":
        wanted = {
            kind.code: [channel for channel in Channel if f"{kind.code}:{channel.value}" in request.POST]
            for kind in notice_kinds()
        }
        try:
            choose_channels(by=request.actor, wanted=wanted)
        except InvalidInput as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Your choice has been saved."))
        return redirect("backoffice:notice_channels")
    return render(request, "backoffice/notice_channels.html", channels_context(request.actor, {}, {}))


@require_POST
@requires(Permission.NOTICE_VIEW)
def contact(request: ActingRequest) -> HttpResponse:
    """Where messages reach the acting person; a field left empty stays as it is."""
    typed = {field: request.POST.get(field, "") for field in ("phone", "email")}
    wanted = {
        field: "" if f"remove_{field}" in request.POST else text.strip() or None
        for field, text in typed.items()
    }
    try:
        set_contact(by=request.actor, **wanted)
    except InvalidInput as error:
        context = channels_context(request.actor, typed, {error.field or "phone": str(error)})
        return render(request, "backoffice/notice_channels.html", context, status=422)
    messages.success(request, _("Your number and mailbox have been saved."))
    return redirect("backoffice:notice_channels")


def channels_context(actor: Actor, typed: dict[str, str], errors: dict[str, str]) -> dict[str, Any]:
    """The context of the page about ways: what is chosen, where messages go, what was typed and refused."""
    chosen, known = channels_chosen(actor), contact_of(actor)
    rows = [
        {
            "kind": kind,
            "cells": [
                {
                    "name": f"{kind.code}:{channel.value}",
                    "label": CHANNEL_NAMES[channel],
                    "checked": channel in chosen[kind.code],
                    "fixed": kind.statutory and channel in kind.channels,
                }
                for channel in Channel
            ],
        }
        for kind in notice_kinds()
    ]
    fields = (("phone", _("Mobile number"), "tel"), ("email", _("E-mail address"), "email"))
    return {
        "tabs": tabs_of(actor, "notice_channels"),
        "rows": rows,
        "channels": [CHANNEL_NAMES[channel] for channel in Channel],
        "contact": [
            {
                "name": name,
                "label": label,
                "type": kind,
                "known": known.get(name, ""),
                "typed": typed.get(name, ""),
                "error": errors.get(name, ""),
            }
            for name, label, kind in fields
        ],
    }


@requires(Permission.ACCOUNT_MANAGE)
def messages_given_up(request: ActingRequest) -> HttpResponseBase:
    """SMS and e-mail by state, those given up first of all, with the reason."""
    asked = request.GET.get("state", "")
    state = DispatchState(asked) if asked in set(DispatchState) else DispatchState.GIVEN_UP
    found = messages_in(request.actor, state)
    if exporting(request):
        return export_of(request, MESSAGES, message_rows(found), found.count())
    page = page_of(found, request.GET)
    words = words_of([dispatch.notice for dispatch in page.object_list])
    context = {
        "tabs": tabs_of(request.actor, "notice_messages"),
        "page": page,
        "state": state.value,
        "states": [
            {"label": STATE_NAMES[each], "url": f"?state={each.value}", "active": each is state}
            for each in STATE_NAMES
        ],
        "rows": [
            {
                "dispatch": dispatch,
                "words": words[dispatch.notice_id],
                "channel": CHANNEL_NAMES[Channel(dispatch.channel)],
            }
            for dispatch in page.object_list
        ],
    }
    return render(request, "backoffice/notice_messages.html", context)


@require_POST
@requires(Permission.ACCOUNT_MANAGE)
def send_message_again(request: ActingRequest, dispatch_id: int) -> HttpResponse:
    """Give a message another round of attempts."""
    try:
        send_again(by=request.actor, dispatch_id=dispatch_id)
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The message is waiting to be sent again."))
    return redirect("backoffice:notice_messages")
