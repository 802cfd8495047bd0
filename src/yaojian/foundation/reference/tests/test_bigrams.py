"""The database's bigrams and the search beside the obvious: is every word a part of the text?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from yaojian.foundation.reference.models import Division
from yaojian.foundation.search import Bigrams, having_words, plain, search_words

TEXTS = st.text(alphabet="大药房AaｂＢ１1 %_\\\n", max_size=12)


def test_words_are_made_plain() -> None:
    assert search_words("  ｙｇ 阳光１２号 ") == ["YG", "阳光12号"]


class TestSearch(TestCase):
    @given(texts=st.lists(TEXTS, max_size=6), wanted=TEXTS)
    def test_finds_what_holds_every_word(self, texts: list[str], wanted: str) -> None:
        Division.objects.all().delete()
        rows = [Division(code=str(n), name=plain(text)) for n, text in enumerate(texts)]
        Division.objects.bulk_create(rows)
        found = set(having_words(Division.objects.all(), wanted, "name").values_list("code", flat=True))
        words = search_words(wanted)
        assert found == {row.code for row in rows if all(word in row.name for word in words)}

    @given(text=TEXTS)
    def test_bigrams_are_all_neighbouring_pairs(self, text: str) -> None:
        Division.objects.all().delete()
        Division.objects.create(code="1", name=text)
        found = Division.objects.annotate(pairs=Bigrams("name")).values_list("pairs", flat=True).get()
        assert sorted(found) == sorted({text[i : i + 2] for i in range(len(text) - 1)})
