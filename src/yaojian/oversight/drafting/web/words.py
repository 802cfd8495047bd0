"""The words that rows are written with, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yaojian.oversight.plans.vocabulary import vocabulary

KINDS = {
    "shapes": _("Shapes of formulas"),
    "types": _("Types of subjects"),
    "flags": _("Marks of subjects"),
    "act_kinds": _("Kinds of acts"),
    "inspection_kinds": pgettext_lazy("plan draft", "Kinds of inspections"),
    "period_units": _("Periods"),
    "organ_levels": _("Levels of organs"),
    "data_keys": pgettext_lazy("plan draft", "Data"),
}
ROW_ID = r"^[0-9]{3}-[A-Z]?[0-9]{1,6}$"


def words_to_use() -> list[tuple[Any, list[tuple[str, str]]]]:
    """The words that definitions are written with, by kind, with their labels."""
    return [(name, words_of(kind)) for kind, name in KINDS.items()]


def words_of(kind: str) -> list[tuple[str, str]]:
    """The words of a kind with their labels, to choose from."""
    language = get_language() or "zh"
    if kind == "laws":
        return [(key, law.label.text(language)) for key, law in vocabulary().laws.items()]
    return [(word, label.text(language)) for word, label in vocabulary().words(kind).items()]
