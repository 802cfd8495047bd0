"""Search by fragments of any length from two characters, Chinese or Latin, over an index of bigrams.

Trigram indexes cannot find two characters (大药), and whole words cannot find a part of a name; both is how
names are searched. A table that is searched keeps a `search_text` made by `search_text_of` and an
index `GinIndex(Bigrams("search_text"))`; `having_words` finds what holds every word. The database function
comes with a migration of the room `reference`.
"""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Model, QuerySet

MOST_WORDS = 6
Row = TypeVar("Row", bound=Model)

CREATE_BIGRAMS = """
CREATE OR REPLACE FUNCTION yaojian_bigrams(searched text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT coalesce(array_agg(DISTINCT substr(searched, place, 2)), '{}')
    FROM generate_series(1, length(searched) - 1) AS place
$$
"""


class Bigrams(Func):
    """All pairs of neighbouring characters of a text column."""

    function = "yaojian_bigrams"
    output_field: ClassVar = ArrayField(models.TextField())


def plain(text: str) -> str:
    """`text` as it is compared: full-width letters and digits made plain, capitals."""
    return unicodedata.normalize("NFKC", text).upper()


def search_text_of(*parts: str) -> str:
    """What a row is found by: its parts made plain, a line each, so that no word matches across two."""
    return "\n".join(plain(part) for part in parts if part)


def search_words(text: str) -> list[str]:
    """The words of a search, made plain; each must be found somewhere."""
    return plain(text).replace("\x00", "").split()[:MOST_WORDS]


def having_words(rows: QuerySet[Row], text: str, field: str = "search_text") -> QuerySet[Row]:
    """`rows` whose `field` holds every word of `text`; all rows when it has none."""
    words = search_words(text)
    pairs = sorted({word[i : i + 2] for word in words for i in range(len(word) - 1)})
    found: QuerySet[Any, Any] = rows
    if pairs:
        found = found.alias(bigrams_of_text=Bigrams(field)).filter(bigrams_of_text__contains=pairs)
    for word in words:
        found = found.filter(**{f"{field}__contains": word})
    return found
