"""Pinyin initials of names: what officers type when they are in a hurry (惠民大药房 → hmdyf). Pure."""

from __future__ import annotations

import unicodedata
from functools import cache

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT

LONGEST = 200
_LONGEST_PHRASE = 4


@cache
def _of_character(character: str) -> str:
    """The usual initial of one character; what is not Chinese stays as it is."""
    return "".join(lazy_pinyin(character, style=Style.FIRST_LETTER, errors="default"))


@cache
def _unusual_phrases() -> dict[str, str]:
    """Words in which a character is read unlike alone (重庆, 长春, 银行), with their initials."""
    unusual = {}
    for phrase, syllables in PHRASES_DICT.items():
        if not 2 <= len(phrase) <= _LONGEST_PHRASE or len(syllables) != len(phrase):
            continue
        letters = "".join(unicodedata.normalize("NFD", reading[0])[:1] for reading in syllables)
        if letters != "".join(map(_of_character, phrase)):
            unusual[phrase] = letters
    return unusual


@cache
def _first_characters() -> frozenset[str]:
    return frozenset(phrase[0] for phrase in _unusual_phrases())


def initials(name: str) -> str:
    """The pinyin initials of a Chinese name; Latin letters and digits stay.

    About 3 µs a character: readings are looked up per character, and only words known to be read
    otherwise are looked at as words.
    """
    phrases, firsts = _unusual_phrases(), _first_characters()
    letters: list[str] = []
    place = 0
    while place < len(name):
        length = _phrase_length(name, place, phrases) if name[place] in firsts else 0
        if length:
            letters.append(phrases[name[place : place + length]])
            place += length
        else:
            letters.append(_of_character(name[place]))
            place += 1
    return "".join(letters)[:LONGEST].lower()


def _phrase_length(name: str, place: int, phrases: dict[str, str]) -> int:
    """How long the longest unusual word is that begins at `place`; 0 when none does."""
    for length in range(_LONGEST_PHRASE, 1, -1):
        if name[place : place + length] in phrases:
            return length
    return 0
