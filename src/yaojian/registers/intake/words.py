"""What the room adds to the words of others."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SEALED_FIELD = "broken_rows"
"""Under this name the broken rows of a table with personal data are sealed."""

SEALED_NAME = _("Rows that an import could not take")
