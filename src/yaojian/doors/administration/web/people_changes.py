"""Joining, moving, ending, leaving, coming back: one page each, with what will happen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from yaojian.doors.administration.web.people_forms import (
    EndForm,
    HeirForm,
    LeaveForm,
    PersonForm,
    PostingForm,
)
from yaojian.doors.administration.web.people_person import password_page
from yaojian.foundation.accounts.contracts import Permission
from yaojian.foundation.accounts.facade import Posting, User
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import DomainError, NotFound
from yaojian.foundation.staffing.facade import (
    Burden,
    add_person,
    burdens_of,
    colleagues_for,
    end_posting,
    give_posting,
    hand_over_work,
    leave,
    move_person,
    person_visible_to,
    posting_visible_to,
    take_back,
)
from yaojian.foundation.timekeeping import today

LISTED_BURDENS = 200
"""So many items can be given to somebody of their own; the rest goes to the successor for all."""


def refuse(form: Form, error: DomainError) -> None:
    """Show a refusal at the field it concerns; NotFound and refusals of rights are pages of their own."""
    if error.status in (403, 404) and error.field is None:
        raise error
    form.add_error(error.field if error.field in form.fields else None, str(error))


def _page(request: ActingRequest, form: Form, **context: Any) -> HttpResponse:
    return render(
        request,
        "administration/person_form.html",
        {"form": form, **context},
        status=422 if form.errors else 200,
    )


def _back_to(user: User) -> HttpResponse:
    return redirect("administration:person", user.pk)


@requires(Permission.ACCOUNT_MANAGE)
@sensitive_variables()
def new_person(request: ActingRequest) -> HttpResponse:
    """A new person with a first posting; the start password is shown once."""
    form = PersonForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            user, password = add_person(
                by=request.actor,
                username=form.cleaned_data["username"],
                display_name=form.cleaned_data["display_name"],
                posting=form.posting(),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            return password_page(request, user, password)
    return _page(request, form, title=_("New person"), submit=_("Enter the person"))


@requires(Permission.ACCOUNT_MANAGE)
def new_posting(request: ActingRequest, user_id: int) -> HttpResponse:
    """A further posting beside those the person has."""
    user = person_visible_to(request.actor, user_id)
    form = PostingForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            give_posting(by=request.actor, user_id=user.pk, posting=form.posting())
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The posting is given."))
            return _back_to(user)
    return _page(request, form, person=user, title=_("New posting"), submit=_("Give the posting"))


@requires(Permission.ACCOUNT_MANAGE)
def move(request: ActingRequest, user_id: int, posting_id: int) -> HttpResponse:
    """Another posting in the place of one, from a day."""
    user = person_visible_to(request.actor, user_id)
    posting = posting_visible_to(request.actor, user, posting_id)
    initial = {"organ": str(posting.organ_id), "role": posting.role, "full_time": posting.full_time}
    form = PostingForm(request.POST or None, actor=request.actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            move_person(by=request.actor, user_id=user.pk, posting_id=posting_id, to=form.posting())
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The move is entered. The old posting ends the day before."))
            return _after_move(request, user)
    consequence = _("The posting %(posting)s ends the day before the first day.") % {
        "posting": words(posting)
    }
    return _page(
        request, form, person=user, title=_("Move"), submit=_("Enter the move"), consequence=consequence
    )


def _after_move(request: ActingRequest, user: User) -> HttpResponse:
    if count := len(burdens_of(user.pk)):
        messages.warning(
            request,
            _("%(n)s open items stay with the person. Hand them over if the new posting does not fit them.")
            % {"n": count},
        )
    return _back_to(user)


def words(posting: Posting) -> str:
    """A posting in words."""
    return f"{posting.organ.label} · {posting.get_role_display()}"


@requires(Permission.ACCOUNT_MANAGE)
def end(request: ActingRequest, user_id: int, posting_id: int) -> HttpResponse:
    """End one of several postings."""
    user = person_visible_to(request.actor, user_id)
    posting = posting_visible_to(request.actor, user, posting_id)
    form = EndForm(request.POST or None, initial={"last_day": today()})
    if request.method == "POST" and form.is_valid():
        try:
            end_posting(by=request.actor, user_id=user.pk, posting_id=posting_id, **form.cleaned_data)
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(
                request, _("The posting ends on %(day)s.") % {"day": form.cleaned_data["last_day"]}
            )
            return _back_to(user)
    consequence = _("The posting %(posting)s ends with the last day.") % {"posting": words(posting)}
    return _page(
        request, form, person=user, title=_("End a posting"), submit=_("End it"), consequence=consequence
    )


def _single_heirs(request: ActingRequest, burdens: list[Burden], colleagues: list[Posting]) -> dict[str, int]:
    """Who was named for single items, by handle. Raises NotFound for a name that is not in the list."""
    known = {posting.user.username: posting.user_id for posting in colleagues}
    heirs = {}
    for burden in burdens[:LISTED_BURDENS]:
        name = request.POST.get(f"to_{burden.handle}", "").strip().partition(" ")[0]
        if name and name not in known:
            raise NotFound(
                _("“%(name)s” is not a colleague in service in your area.") % {"name": name},
                field="successor",
                cure=_("Choose somebody from the list of suggestions."),
            )
        if name:
            heirs[burden.handle] = known[name]
    return heirs


def _burden_rows(request: ActingRequest, burdens: list[Burden]) -> list[dict[str, Any]]:
    return [
        {"burden": burden, "typed": request.POST.get(f"to_{burden.handle}", "")}
        for burden in burdens[:LISTED_BURDENS]
    ]


def _heir_page(
    request: ActingRequest,
    user: User,
    form: Form,
    burdens: list[Burden],
    colleagues: list[Posting],
    **more: Any,
) -> HttpResponse:
    context = {
        "form": form,
        "person": user,
        "burdens": _burden_rows(request, burdens),
        "burden_count": len(burdens),
        "unlisted": max(0, len(burdens) - LISTED_BURDENS),
        "colleagues": {posting.user_id: posting for posting in colleagues}.values(),
        **more,
    }
    status = 422 if form.errors else 200
    return render(request, "administration/person_leaves.html", context, status=status)


@requires(Permission.ACCOUNT_MANAGE)
def leaves(request: ActingRequest, user_id: int) -> HttpResponse:
    """A person leaves: everything open is shown and goes to somebody, or nothing happens."""
    user = person_visible_to(request.actor, user_id)
    burdens = burdens_of(user.pk)
    colleagues = list(colleagues_for(request.actor, but=user.pk))
    form = LeaveForm(
        request.POST or None,
        colleagues=colleagues,
        needs_successor=bool(burdens),
        initial={"last_day": today()},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            leave(
                by=request.actor,
                user_id=user.pk,
                last_day=data["last_day"],
                successor_id=int(data["successor"]) if data["successor"] else None,
                single=_single_heirs(request, burdens, colleagues),
                reason=data["reason"],
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The departure is entered and the open work handed over."))
            return _back_to(user)
    more = {"title": _("Leave"), "submit": _("Hand over and let leave"), "is_leaving": True}
    return _heir_page(request, user, form, burdens, colleagues, **more)


@requires(Permission.ACCOUNT_MANAGE)
def hands_over(request: ActingRequest, user_id: int) -> HttpResponse:
    """Hand the open work of somebody who stays to others."""
    user = person_visible_to(request.actor, user_id)
    burdens = burdens_of(user.pk)
    colleagues = list(colleagues_for(request.actor, but=user.pk))
    form = HeirForm(request.POST or None, colleagues=colleagues, needs_successor=True)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            count = hand_over_work(
                by=request.actor,
                user_id=user.pk,
                successor_id=int(data["successor"]) if data["successor"] else None,
                single=_single_heirs(request, burdens, colleagues),
                reason=data["reason"],
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, _("%(n)s items are handed over.") % {"n": count})
            return _back_to(user)
    more = {"title": _("Hand over open work"), "submit": _("Hand over"), "is_leaving": False}
    return _heir_page(request, user, form, burdens, colleagues, **more)


@requires(Permission.ACCOUNT_MANAGE)
@sensitive_variables()
def comes_back(request: ActingRequest, user_id: int) -> HttpResponse:
    """Take somebody who has left back into service, with a new posting and a start password."""
    user = person_visible_to(request.actor, user_id)
    form = PostingForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            password = take_back(by=request.actor, user_id=user.pk, posting=form.posting())
        except DomainError as error:
            refuse(form, error)
        else:
            return password_page(request, user, password)
    return _page(request, form, person=user, title=_("Back in service"), submit=_("Take back into service"))
