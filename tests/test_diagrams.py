"""Every state table of the product is drawn in its room's README, as it stands."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from yaojian.config import diagrams
from yaojian.config.diagrams import BEGIN, END, drawn, stale_readmes, state_tables
from yaojian.foundation.deadlines.states import CLOCK_STATES
from yaojian.foundation.worklist.states import ITEM_STATES


def test_no_diagram_is_stale() -> None:
    stale = sorted(str(path) for path in stale_readmes())
    assert stale == [], "run: yaojian manage diagrams"


def test_every_table_is_found() -> None:
    names = {table.name for tables in state_tables().values() for table in tables}
    assert {"inspection", "work item", "running clock"} <= names


def test_a_readme_keeps_its_words_and_gets_the_new_diagram() -> None:
    before = f"# Room\n\nWords.\n\n{BEGIN}\nold\n{END}\n\n## More\n"
    after = drawn(before, [CLOCK_STATES])
    assert "old" not in after
    assert after.startswith("# Room\n\nWords.\n")
    assert after.endswith("## More\n")
    assert CLOCK_STATES.mermaid() in after
    assert drawn(after, [CLOCK_STATES]) == after


def test_a_readme_without_a_place_gets_one_and_several_tables_are_named() -> None:
    text = drawn("# Room\n", [CLOCK_STATES, ITEM_STATES])
    assert "## States" in text
    assert "running clock:" in text
    assert "work item:" in text


def test_the_check_fails_on_a_stale_one(monkeypatch: pytest.MonkeyPatch) -> None:
    folder, _tables = next(iter(state_tables().items()))
    monkeypatch.setattr(diagrams, "state_tables", lambda: {folder: [ITEM_STATES, CLOCK_STATES]})
    with pytest.raises(CommandError, match="Stale diagrams"):
        call_command("diagrams", "--check")
