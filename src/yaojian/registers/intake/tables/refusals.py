"""Why a file as a whole cannot be taken."""

from __future__ import annotations

from yaojian.foundation.errors import InvalidInput, Text


class TableRefused(InvalidInput):
    """The file cannot be read as a table; nothing of it was kept."""

    code = "table_refused"

    def __init__(self, detail: Text, *, cure: Text) -> None:
        super().__init__(detail, field="file", cure=cure)
