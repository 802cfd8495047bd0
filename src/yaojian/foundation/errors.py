"""The one tree of errors that rooms raise; `config.problems` maps it once to pages and RFC 9457."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class DomainError(Exception):
    """Something the user can understand and act upon.

    `code` is stable and machine-readable; `title` names the kind of error; `detail` says what
    happened, `cure` what to do, `field` which input it concerns.
    """

    code = "domain_error"
    status = 400
    title: Text = _("This could not be done")

    def __init__(
        self,
        detail: Text,
        *,
        code: str | None = None,
        field: str | None = None,
        cure: Text = "",
        errors: Mapping[str, Text] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.cure = cure
        self.errors = dict(errors or {})
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"{self.detail}" + (f" {self.cure}" if self.cure else "")


class InvalidInput(DomainError):
    """A value is missing, malformed or out of range."""

    code, status, title = "invalid_input", 422, _("Some of the input needs correcting")


class RuleBroken(DomainError):
    """The input is well formed but a rule of procedure forbids it."""

    code, status, title = "rule_broken", 422, _("A rule of procedure does not allow this")


class NotAllowed(DomainError):
    """The role of the asking person does not include this."""

    code, status, title = "not_allowed", 403, _("Your role does not allow this")


class NotFound(DomainError):
    """There is no such thing, or it lies outside what the asking person may see."""

    code, status, title = "not_found", 404, _("Nothing was found here")


class Conflict(DomainError):
    """Somebody else changed the thing in the meantime, or the state does not permit the step."""

    code, status, title = "conflict", 409, _("This is no longer possible")


class Misconfigured(DomainError):
    """The installation lacks something that the operator must provide."""

    code, status, title = "misconfigured", 500, _("The installation is not complete")
