"""The kinds of act and how they read in a timeline. A new kind is entered here first."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, Promise] = {
    "session.opened": _("Signed in"),
    "session.closed": _("Signed out"),
    "session.refused": _("Sign-in refused"),
    "session.ended": _("Sessions ended"),
    "access.denied": _("Access refused"),
    "second_factor.on": _("Second factor set up"),
    "second_factor.off": _("Second factor removed"),
    "second_factor.reset": _("Second factor reset by the administrator"),
    "second_factor.codes_renewed": _("Recovery codes renewed"),
    "second_factor.code_used": _("Recovery code used"),
    "token.made": _("API token made"),
    "token.revoked": _("API token revoked"),
    "account.created": _("Account created"),
    "account.password_changed": _("Password changed by the person"),
    "account.start_password": _("Start password issued"),
    "account.linked": _("Account linked with an outside identity"),
    "account.unlinked": _("Link with the outside identity removed"),
    "account.left": _("Left the service"),
    "account.reactivated": _("Back in service"),
    "account.locked": _("Account locked after wrong passwords"),
    "account.password_set": _("Password set anew"),
    "person.posted": _("Posting entered"),
    "posting.given": _("Posting given"),
    "posting.moved": _("Moved to another posting"),
    "posting.ended": _("Posting ended"),
    "work.handed_over": _("Open work handed over"),
    "delegation.set": _("Deputy named"),
    "delegation.cancelled": _("Deputy dismissed"),
    "rights_review.opened": _("Yearly review of rights opened"),
    "rights_review.confirmed": _("Posting confirmed in the review of rights"),
    "rights_review.concluded": _("Yearly review of rights concluded"),
    "organ.registered": _("Organ entered or changed"),
    "organ.opened": _("Organ set up"),
    "organ.changed": _("Organ changed"),
    "organ.moved": _("Organ moved in the tree"),
    "organ.closed": _("Organ closed"),
    "organ.change_applied": _("Planned change of an organ took effect"),
    "agreement.entered": _("Sharing agreement entered"),
    "agreement.ended": _("Sharing agreement ended"),
    "subjects.registered": _("Subjects entered or changed"),
    "calendar.edited": _("Working-day calendar edited"),
    "plan.loaded": _("Plan pack loaded"),
    "personal_data.viewed": _("Personal data viewed"),
    "personal_data.destroyed": _("Personal data erased"),
    "personal_data.keys_rewrapped": _("Keys of personal data wrapped anew"),
    "list.exported": _("List taken out"),
    "register.imported": _("Table taken into a register"),
    "register.import_undone": _("Import taken back"),
    "worklist.assigned": _("Work item assigned"),
    "inspection.opened": _("Inspection opened"),
    "inspection.started": _("Inspection started on site"),
    "inspection.finding_recorded": _("Finding recorded"),
    "inspection.concluded": _("Inspection concluded"),
    "rectification.submitted": _("Rectification submitted"),
    "rectification.returned": _("Rectification returned"),
    "rectification.verified": _("Rectification verified"),
    "inspection.closed": _("Inspection closed"),
    "inspection.cancelled": _("Inspection cancelled"),
}


def kind_name(kind: str) -> str:
    """The name of a kind of act in the reader's language."""
    return str(KINDS.get(kind, kind))
