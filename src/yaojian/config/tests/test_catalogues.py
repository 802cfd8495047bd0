"""The message catalogues: what the tool does, and whether everything the product says is translated."""

from __future__ import annotations

import gettext
import io
from pathlib import Path

import pytest

from yaojian.config import catalogues


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small source tree with one app that speaks from Python and from a template."""
    room = tmp_path / "room"
    (room / "templates" / "room").mkdir(parents=True)
    (room / "apps.py").write_text("")
    (room / "words.py").write_text(
        "from django.utils.translation import gettext as _, ngettext, pgettext_lazy\n"
        'A = _("Overdue")\nB = pgettext_lazy("role", "Chief")\nC = ngettext("%(n)s day", "%(n)s days", 2)\n'
    )
    (room / "templates" / "room" / "page.html").write_text(
        '{% load i18n %}\n   <p title="{% translate "Due 5% late" %}">\n'
        " {% blocktranslate trimmed with name=x %}\n  Hello\n  {{ name }}\n {% endblocktranslate %}\n"
        '{{ x|default:_("none") }}'
    )
    return tmp_path


def po(house: Path) -> Path:
    return house / "room" / catalogues.CATALOGUE


def translate(house: Path, **words: str) -> None:
    text = po(house).read_text()
    for english, chinese in words.items():
        english = english.replace("_", " ")
        text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{chinese}"')
    po(house).write_text(text)


def test_extracts_from_python_and_templates(house: Path) -> None:
    (messages,) = catalogues.spoken(house).values()
    assert set(messages) == {
        (None, "Overdue"),
        ("role", "Chief"),
        (None, "%(n)s day"),
        (None, "Due 5%% late"),
        (None, "Hello %(name)s"),
        (None, "none"),
    }


def test_update_keeps_translations_drops_obsolete_and_compiles(house: Path) -> None:
    catalogues.update(root=house)
    translate(house, Overdue="逾期", none="无")
    source = house / "room" / "words.py"
    source.write_text(source.read_text().replace('B = pgettext_lazy("role", "Chief")', 'B = _("Due soon")'))
    catalogues.update(root=house)
    text = po(house).read_text()
    assert 'msgid "Chief"' not in text
    assert 'msgid "Due soon"\nmsgstr ""' in text
    with po(house).with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Overdue") == "逾期"


def test_update_twice_changes_nothing_and_names_no_lines(house: Path) -> None:
    assert catalogues.update(root=house)
    assert catalogues.update(root=house) == []
    text = po(house).read_text()
    assert "#: room/words.py\n" in text
    assert "Date" not in text


def test_check_names_every_fault(house: Path) -> None:
    catalogues.update(root=house)
    translate(house, Overdue="逾期")
    text = po(house).read_text()
    po(house).write_text(
        text.replace('#: room/words.py\nmsgid "Overdue"', '#: room/words.py\n#, fuzzy\nmsgid "Overdue"')
        + '\nmsgid "Gone"\nmsgstr "没有了"\n'
    )
    (house / "room" / "more.py").write_text('X = _("Brand new")')
    found = "\n".join(catalogues.faults(root=house))
    assert "missing 'Brand new', said in room/more.py" in found
    assert "obsolete 'Gone'" in found
    assert "fuzzy 'Overdue'" in found
    assert "untranslated 'Chief' (context 'role')" in found
    assert "does not hold what django.po says" in found


def test_check_finds_wrong_placeholders(house: Path) -> None:
    catalogues.update(root=house)
    text = po(house).read_text()
    po(house).write_text(
        text.replace('msgid "Hello %(name)s"\nmsgstr ""', 'msgid "Hello %(name)s"\nmsgstr "%(nome)s 您好"')
    )
    assert any("unknown named placeholder 'nome'" in line for line in catalogues.faults(root=house))


def test_two_apps_may_not_contradict_each_other(house: Path) -> None:
    other = house / "other"
    other.mkdir()
    (other / "apps.py").write_text("")
    (other / "words.py").write_text('A = _("Overdue")')
    catalogues.update(root=house)
    for app, chinese in (("room", "逾期"), ("other", "超期")):
        path = house / app / catalogues.CATALOGUE
        path.write_text(
            path.read_text().replace('msgid "Overdue"\nmsgstr ""', f'msgid "Overdue"\nmsgstr "{chinese}"')
        )
    assert any("translated differently" in line for line in catalogues.faults(root=house))


def test_one_room_alone_can_be_updated(house: Path) -> None:
    other = house / "other"
    other.mkdir()
    (other / "apps.py").write_text("")
    (other / "words.py").write_text('A = _("Overdue")')
    catalogues.update(["room"], house)
    assert po(house).exists()
    assert not (other / catalogues.CATALOGUE).exists()
    with pytest.raises(ValueError, match="no app elsewhere; there are other, room"):
        catalogues.update(["elsewhere"], house)


def test_strings_outside_any_app_belong_to_config() -> None:
    found = catalogues.spoken()
    assert (None, "Nothing was found here") in found[catalogues.HOME_OF_THE_REST]


def test_everything_the_product_says_is_translated() -> None:
    report = io.StringIO()
    assert catalogues.main(["--check"], report) == 0, report.getvalue()
