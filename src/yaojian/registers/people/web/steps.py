"""What changes a person's entry: each posts to its action and comes back to the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.as_of import AsOf
from yaojian.foundation.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.privacy.facade import reveal as reveal_sealed
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import subjects_visible_to
from yaojian.registers.people import actions, roles
from yaojian.registers.people.contracts import ROLE_KIND_NAMES, RoleKind, person_ref
from yaojian.registers.people.models import ROLE_FIELDS, Person
from yaojian.registers.people.queries import may_edit, may_edit_role, person_visible_to, role_visible_to
from yaojian.registers.people.web.file_page import file_context
from yaojian.registers.people.web.forms import (
    ROLE_FORMS,
    AccountForm,
    EndForm,
    PersonForm,
    ReasonForm,
    RevealForm,
    RoleForm,
    refuse,
)
from yaojian.registers.people.web.wording import title_of

REFUSALS = (InvalidInput, RuleBroken, Conflict, NotAllowed)
UNPROCESSABLE = 422
Act = Callable[[], Any]


def _form_page(
    request: ActingRequest, form: forms.Form, act: Act, done: Promise, **context: Any
) -> HttpResponse:
    """A page with one form: shown, refused as it was typed, or done and back at the person's file."""
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                result = act()
            except REFUSALS as error:
                refuse(form, error)
                status = error.status
            else:
                messages.success(request, str(done))
                person_id = result if isinstance(result, int) else context["person"].pk
                return redirect("people:person", person_id)
    return render(request, "people/form.html", {"form": form, **context}, status=status)


def _data(request: ActingRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


@requires(Permission.PERSON_EDIT)
def enter(request: ActingRequest) -> HttpResponse:
    """Enter a person."""
    form = PersonForm(_data(request), auto_id="person_%s")
    return _form_page(
        request,
        form,
        lambda: actions.enter_person(by=request.actor, **form.cleaned_data).pk,
        gettext_lazy("The person is entered. Add the roles now."),
        heading=_("Enter a person"),
        submit=_("Enter the person"),
        lede=_("Search the list first: somebody who is in the register already only needs another role."),
        back_url=reverse("people:list"),
    )


def _editable(request: ActingRequest, person_id: int) -> Person:
    person = person_visible_to(request.actor, person_id)
    if not may_edit(request.actor, person):
        raise NotAllowed(
            _("Another organ keeps this person's entry."),
            cure=_("Ask %(organ)s to change it.") % {"organ": person.organ},
        )
    return person


@requires(Permission.PERSON_EDIT)
def correct(request: ActingRequest, person_id: int) -> HttpResponse:
    """Correct a person's entry."""
    person = _editable(request, person_id)
    initial = {"name": person.name, "sex": person.sex}
    form = PersonForm(_data(request), initial=initial, auto_id="person_%s", correcting=True)
    return _form_page(
        request,
        form,
        lambda: actions.correct_person(by=request.actor, person_id=person_id, **form.cleaned_data),
        gettext_lazy("The entry is corrected."),
        person=person,
        heading=_("Correct the entry"),
        submit=_("Save the correction"),
        back_url=reverse("people:person", args=[person_id]),
    )


@requires(Permission.PERSON_EDIT)
def account(request: ActingRequest, person_id: int) -> HttpResponse:
    """Say which account is this person's."""
    person = _editable(request, person_id)
    initial = {"username": person.account.username if person.account else ""}
    form = AccountForm(_data(request), initial=initial, auto_id="account_%s")
    return _form_page(
        request,
        form,
        lambda: actions.link_account(by=request.actor, person_id=person_id, **form.cleaned_data),
        gettext_lazy("The account is noted."),
        person=person,
        heading=_("Account of this person"),
        submit=_("Save"),
        back_url=reverse("people:person", args=[person_id]),
    )


@requires(Permission.PERSON_EDIT)
def erase(request: ActingRequest, person_id: int) -> HttpResponse:
    """Destroy the key of a person's sealed data."""
    person = _editable(request, person_id)
    form = ReasonForm(_data(request), auto_id="erase_%s")
    return _form_page(
        request,
        form,
        lambda: actions.erase_person(by=request.actor, person_id=person_id, **form.cleaned_data),
        gettext_lazy("The personal data is erased."),
        person=person,
        heading=_("Erase the personal data"),
        submit=_("Erase for ever"),
        danger=True,
        consequence=_(
            "The key of identity number and mobile number is destroyed: nobody can ever read them again. "
            "The name, the roles and the journal stay."
        ),
        back_url=reverse("people:person", args=[person_id]),
    )


@requires(Permission.PERSONAL_DATA_REVEAL)
def reveal(request: ActingRequest, person_id: int) -> HttpResponse:
    """Show the sealed fields once, for a purpose; the look is an act."""
    if request.method != "POST":
        return redirect("people:person", person_id)
    person = person_visible_to(request.actor, person_id)
    form = RevealForm(request.POST, auto_id="reveal_%s")
    revealed, status = None, UNPROCESSABLE
    if form.is_valid():
        try:
            revealed = reveal_sealed(
                by=request.actor, owner=person_ref(person.pk), sealed=person.sealed, purpose=form.words()
            )
            status = 200
        except DomainError as error:
            refuse(form, error)
            status = error.status
    context = file_context(
        request.actor, person, QueryDict(), AsOf(today(), True), revealed=revealed, reveal_form=form
    )
    return render(request, "people/person.html", context, status=status)


def _kind(text: str) -> RoleKind:
    if text not in set(RoleKind):
        raise NotFound(_("There is no such role."), cure=_("Choose one on the person's page."))
    return RoleKind(text)


@requires(Permission.PERSON_EDIT)
def role_enter(request: ActingRequest, person_id: int, kind: str) -> HttpResponse:
    """Give a person a role."""
    role_kind = _kind(kind)
    person = person_visible_to(request.actor, person_id)
    initial = {"subject": _code_of(request)}
    form = ROLE_FORMS[role_kind](_data(request), initial=initial, auto_id="role_%s", actor=request.actor)
    return _form_page(
        request,
        form,
        lambda: roles.enter_role(
            by=request.actor,
            person_id=person_id,
            kind=role_kind,
            valid_from=form.cleaned_data["valid_from"],
            valid_to=form.cleaned_data.get("valid_to"),
            values=form.values(),
        ),
        gettext_lazy("The role is entered."),
        person=person,
        heading=ROLE_KIND_NAMES[role_kind],
        submit=_("Enter the role"),
        back_url=reverse("people:person", args=[person_id]),
    )


def _code_of(request: ActingRequest) -> str:
    """The code of the subject from whose page the reader comes."""
    asked = request.GET.get("subject", "")
    if not asked.isdecimal() or len(asked) > 18:
        return ""
    found = subjects_visible_to(request.actor).filter(pk=int(asked)).values_list("code", flat=True).first()
    return found or ""


def _role_of(request: ActingRequest, person_id: int, kind: str, role_id: int) -> Any:
    role = role_visible_to(request.actor, _kind(kind), role_id)
    if role.person_id != person_id:
        raise NotFound(_("There is no such entry in your area."), cure=_("Look it up on the person's page."))
    if not may_edit_role(request.actor, role):
        raise NotAllowed(
            _("Another organ keeps this entry."), cure=_("Ask the organ responsible to change it.")
        )
    return role


@requires(Permission.PERSON_EDIT)
def role_change(request: ActingRequest, person_id: int, kind: str, role_id: int) -> HttpResponse:
    """Change a role from a day."""
    role = _role_of(request, person_id, kind, role_id)
    names = [name for name in ROLE_FIELDS[role.kind] if not name.endswith("_id")]
    initial = {name: getattr(role, name) for name in (*names, "valid_to")} | {"valid_from": today()}
    if role.kind in (RoleKind.PHARMACIST, RoleKind.POSITION):
        initial["subject"] = role.subject.code
    if role.kind is RoleKind.INSPECTOR:
        initial["organ"] = role.organ_id
    form: RoleForm = ROLE_FORMS[role.kind](
        _data(request), initial=initial, auto_id="role_%s", actor=request.actor, changing=True
    )
    return _form_page(
        request,
        form,
        lambda: roles.change_role(
            by=request.actor,
            kind=role.kind,
            role_id=role_id,
            effective_on=form.cleaned_data["valid_from"],
            valid_to=form.cleaned_data.get("valid_to"),
            values=form.values(),
        ),
        gettext_lazy("The role is changed from that day."),
        person=role.person,
        heading=_("Change: %(role)s") % {"role": title_of(role)},
        lede=_("The entry holds from %(since)s.") % {"since": role.valid_from},
        submit=_("Save the change"),
        back_url=reverse("people:person", args=[person_id]),
    )


@requires(Permission.PERSON_EDIT)
def role_end(request: ActingRequest, person_id: int, kind: str, role_id: int) -> HttpResponse:
    """End a role."""
    role = _role_of(request, person_id, kind, role_id)
    form = EndForm(_data(request), initial={"on": today()}, auto_id="end_%s")
    return _form_page(
        request,
        form,
        lambda: roles.end_role(by=request.actor, kind=role.kind, role_id=role_id, **form.cleaned_data),
        gettext_lazy("The role ends on that day."),
        person=role.person,
        heading=_("End: %(role)s") % {"role": title_of(role)},
        lede=_("The entry holds from %(since)s.") % {"since": role.valid_from},
        submit=_("End the role"),
        back_url=reverse("people:person", args=[person_id]),
    )
