"""`yaojian test`: every check and every test, each named with its time; all run, any failure fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from yaojian.operations.doctor import has_cjk_font
from yaojian.operations.installation import OWNER_ONLY, SETTINGS_MODULE
from yaojian.operations.speech import OperationError, both, complain, say, show
from yaojian.operations.testing import TEST_URL_VARIABLE, start_test_database

REPOSITORY = Path(__file__).resolve().parents[3]
APT_PACKAGES = ("chromium", "fonts-noto-cjk")
JUDGES = {
    "go": ("golang-go", "golang-golang-x-mod-dev"),
    "npm": ("nodejs", "npm"),
    "openssl": ("openssl",),
    "sigsum-witness": ("sigsum-go",),  # from Debian trixie on
}
"""Programs of other people that judge our public log in tests, and the packages that bring them."""
# An operator's settings must not change what the tests see.
KEPT_VARIABLES = (TEST_URL_VARIABLE, "YAOJIAN_LANG")
MOST_TEST_PROCESSES = 4
"""Each has a database and, for the journeys, a browser: a gibibyte."""


@dataclass(frozen=True)
class Outcome:
    """One step of the verification."""

    name: str
    seconds: float
    passed: bool


def verify(pytest_arguments: Sequence[str]) -> int:
    """Run all steps in the source tree; returns 1 if any failed."""
    if not (REPOSITORY / "pyproject.toml").exists():
        raise OperationError("测试需在源码目录运行", "tests run in a source checkout", cure="git clone …")
    ready = ensure_browser()
    ensure_other_peoples_programs()
    environment = clean_environment(os.environ)
    outcomes = [] if ready else [Outcome("Chromium", 0.0, passed=False)]
    for name, command in steps(pytest_arguments):
        outcomes.append(_run(name, command, environment))
    show("")
    for outcome in outcomes:
        show(f"{'✓' if outcome.passed else '✗'} {outcome.name:<16} {outcome.seconds:6.1f} s")
    if all(outcome.passed for outcome in outcomes):
        say("✓ 全部通过", "everything passed")
        return 0
    complain("✗ 有未通过的项目", "something failed; see above")
    return 1


def steps(pytest_arguments: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Name and command of every step, cheapest first."""
    tool = Path(sys.executable).parent
    packaging = (REPOSITORY / "pyproject.toml").read_text()
    contracts = (REPOSITORY / ".importlinter").exists() or "[tool.importlinter]" in packaging
    found = [
        ("ruff check", [str(tool / "ruff"), "check", "."]),
        ("ruff format", [str(tool / "ruff"), "format", "--check", "."]),
    ]
    if contracts:
        found.append(("import-linter", [str(tool / "lint-imports")]))
    return [
        *found,
        ("mypy", [sys.executable, "-m", "mypy"]),
        ("migrations", [sys.executable, "-m", "yaojian.operations.verification"]),
        ("pytest", [sys.executable, "-m", "pytest", *beside_one_another(), *pytest_arguments]),
    ]


def beside_one_another() -> list[str]:
    """Options that run test files beside one another, each process with a database server of its own."""
    processes = min(os.cpu_count() or 1, MOST_TEST_PROCESSES)
    if processes == 1 or TEST_URL_VARIABLE in os.environ:  # one given server serves one process
        return []
    return ["-n", str(processes), "--dist", "loadfile", "--no-loadscope-reorder"]


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without this installation's own settings."""
    kept = {
        name: value
        for name, value in environ.items()
        if name in KEPT_VARIABLES or not (name.startswith("YAOJIAN_") or name in OWNER_ONLY)
    }
    return kept | {
        "PYTHONUTF8": "1",
        "DJANGO_SETTINGS_MODULE": SETTINGS_MODULE,
        "MYPYPATH": str(REPOSITORY / "src"),  # mypy does not follow an editable installation
    }


def _run(name: str, command: Sequence[str], environment: Mapping[str, str]) -> Outcome:
    show(f"── {name} " + "─" * max(3, 60 - len(name)))
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=REPOSITORY, env=dict(environment), stdin=subprocess.DEVNULL, check=False
    )
    return Outcome(name, time.monotonic() - began, passed=done.returncode == 0)


def check_migrations() -> int:
    """Whether the models have changed without a migration, asked with a private database."""
    with start_test_database() as test_database:
        environment = clean_environment(os.environ) | {
            "YAOJIAN_DATABASE_APP_URL": test_database.app_url,
            "YAOJIAN_DATABASE_OWNER_URL": test_database.owner_url,
            "YAOJIAN_AS_OWNER": "1",
        }
        command = [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"]
        return subprocess.run(command, env=environment, cwd=REPOSITORY, check=False).returncode


def chromium() -> str | None:
    """The path of an installed Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def ensure_browser() -> bool:
    """Install what the browser tests need, as root on Debian; otherwise say what is missing.

    Returns False only where a missing browser must fail the run: in CI as root.
    """
    missing = [
        name for name, there in zip(APT_PACKAGES, (chromium(), has_cjk_font()), strict=True) if not there
    ]
    if not missing:
        return True
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    root = os.geteuid() == 0
    if root and shutil.which("apt-get"):
        show(both(f"安装 {', '.join(missing)} …", "installing what the browser tests need"))
        if _apt(["apt-get", "update"]) and _apt(command):
            return True
    complain(
        "!!! 缺少浏览器测试所需软件, 浏览器测试将被跳过: " + ", ".join(missing),
        "BROWSER TESTS WILL BE SKIPPED: packages are missing",
    )
    complain(f"    → sudo {' '.join(command)}", "then run the tests again")
    in_ci = os.environ.get("CI", "").lower() in ("1", "true", "yes")
    return not (in_ci and root and chromium() is None)


def ensure_other_peoples_programs() -> None:
    """Install, as root on Debian, the programs of others that judge our public log; else name them.

    Each by itself: a release of Debian that lacks one has the others. What is missing is skipped and counted.
    """
    missing = {program: names for program, names in JUDGES.items() if not shutil.which(program)}
    can_install = os.geteuid() == 0 and shutil.which("apt-get") is not None
    for program, names in missing.items():
        if can_install:
            show(both(f"安装 {', '.join(names)} …", f"installing {program}, which judges the public log"))
        if not can_install or not _apt(["apt-get", "install", "-y", "--no-install-recommends", *names]):
            complain(
                f"!!! 缺少 {program}, 由他人程序进行的核验将被跳过: apt-get install {' '.join(names)}",
                f"TESTS WITH OTHER PEOPLE'S CODE WILL BE SKIPPED: {program} is missing",
            )


def _apt(command: Sequence[str]) -> bool:
    done = subprocess.run(
        command,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        show(done.stdout.decode(errors="replace")[-2000:])
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(check_migrations())
