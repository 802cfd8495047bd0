"""What is wrong with a definition, in the language of the reader; commands say it in English."""

from __future__ import annotations

from django.utils.translation import get_language, gettext

from yaojian.oversight.plans.errors import Said


def in_readers_words(text: str) -> str:
    """A problem or its cure as the reader of a page understands it."""
    return text.told(get_language() or "zh-hans", gettext) if isinstance(text, Said) else text
