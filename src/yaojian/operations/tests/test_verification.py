"""The test command: which steps run, in which environment, and what a missing browser means."""

from __future__ import annotations

import pytest

from yaojian.operations import verification


def test_every_promised_step_runs() -> None:
    names = [name for name, _ in verification.steps(["-k", "one"])]
    assert [name for name in names if name != "import-linter"] == [
        "ruff check",
        "ruff format",
        "mypy",
        "migrations",
        "pytest",
    ]
    assert verification.steps(["-k", "one"])[-1][1][-2:] == ["-k", "one"]


def test_a_given_server_serves_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.delenv("YAOJIAN_TEST_DATABASE_URL", raising=False)
    assert verification.beside_one_another()[:2] == ["-n", "2"]
    monkeypatch.setenv("YAOJIAN_TEST_DATABASE_URL", "postgresql://tests")
    assert verification.beside_one_another() == []


def test_the_operators_settings_do_not_reach_the_tests() -> None:
    environment = verification.clean_environment(
        {
            "YAOJIAN_DATA": "/srv/data",
            "YAOJIAN_SECRET_KEY": "s",
            "DATABASE_URL": "postgresql://production",
            "YAOJIAN_TEST_DATABASE_URL": "postgresql://tests",
            "PATH": "/bin",
        }
    )
    assert "DATABASE_URL" not in environment
    assert {name for name in environment if name.startswith("YAOJIAN_")} == {"YAOJIAN_TEST_DATABASE_URL"}
    assert environment["PATH"] == "/bin"


@pytest.mark.parametrize(
    ("ci", "user", "passes"), [("true", 0, False), ("", 0, True), ("true", 1000, True), ("", 1000, True)]
)
def test_a_missing_browser_fails_only_where_it_could_be_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ci: str, user: int, passes: bool
) -> None:
    tried: list[str] = []

    def no_network(command: list[str]) -> bool:
        tried.append(command[1])
        return False

    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(verification, "chromium", lambda: None)
    monkeypatch.setattr(verification, "_apt", no_network)
    monkeypatch.setattr("os.geteuid", lambda: user)
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/apt-get")
    assert verification.ensure_browser() is passes
    said = capsys.readouterr().err
    assert "BROWSER TESTS WILL BE SKIPPED" in said
    assert "apt-get install -y --no-install-recommends chromium" in said
    assert tried == (["update"] if user == 0 else [])


def test_a_present_browser_installs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "chromium", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(verification, "has_cjk_font", lambda: True)
    monkeypatch.setattr(verification, "_apt", lambda _command: pytest.fail("apt was called"))
    assert verification.ensure_browser()


def test_programs_that_judge_the_log_are_installed_one_by_one_or_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tried: list[str] = []

    def only_go(command: list[str]) -> bool:
        tried.append(command[4])
        return command[4] == "golang-go"

    monkeypatch.setattr(verification, "_apt", only_go)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    verification.ensure_other_peoples_programs()
    assert tried == ["golang-go", "nodejs", "openssl", "sigsum-go"]
    said = capsys.readouterr().err
    assert "sigsum-witness is missing" in said
    assert "go is missing" not in said
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    verification.ensure_other_peoples_programs()
    assert len(tried) == 4
