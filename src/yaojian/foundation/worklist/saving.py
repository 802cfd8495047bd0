"""Saved views: a person's own named sets of filters."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.errors import InvalidInput, NotFound
from yaojian.foundation.worklist.models import SavedView

MOST_VIEWS = 20
LONGEST_NAME, LONGEST_QUERY = 30, 500


@transaction.atomic
def save_view(*, by: Actor, name: str, query: str) -> SavedView:
    """Keep a set of filters under a name; the same name takes the new filters.

    Raises InvalidInput (no name, too long, more than 20).
    """
    words = " ".join(name.split())
    if not words or len(words) > LONGEST_NAME:
        raise InvalidInput(
            _("A view needs a name of at most %(n)s characters.") % {"n": LONGEST_NAME},
            field="name",
            cure=_("Name what the view shows."),
        )
    if len(query) > LONGEST_QUERY:
        raise InvalidInput(_("These filters are too long to be kept."), cure=_("Remove some of them."))
    own = SavedView.objects.select_for_update().filter(user_id=by.user_id)
    if not own.filter(name=words).exists() and own.count() >= MOST_VIEWS:
        raise InvalidInput(
            _("You have %(n)s saved views already.") % {"n": MOST_VIEWS}, cure=_("Delete one first.")
        )
    view, _is_new = SavedView.objects.update_or_create(
        user_id=by.user_id, name=words, defaults={"query": query}
    )
    return view


def delete_view(*, by: Actor, view_id: int) -> None:
    """Forget one of the actor's own views. Raises NotFound."""
    if not SavedView.objects.filter(user_id=by.user_id, pk=view_id).delete()[0]:
        raise NotFound(_("There is no such view."))
