"""The sh launcher, with a stand-in for Python that notes how it was called."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[4]
LAUNCHER = REPOSITORY / "yaojian"

PYTHON = r"""#!/bin/sh
printf '%s\n' "$*" >>"$CALLS"
case "$*" in
*'import venv, ensurepip'*) [ -z "$NO_VENV" ] || [ -e "$CALLS.apt" ] ;;
*'python%d.%d-venv'*) echo python3.12-venv ;;
*'print(sys.version)'*) echo "3.12.1 stand-in" ;;
-V) echo "Python 3.12.1" ;;
'-m venv '*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
*'pip install'*'-e '*) [ -z "$FAIL" ] || { echo "no space left"; exit 1; }
    printf '#!/bin/sh\necho started "$@" "$YAOJIAN_DATA"\n' >"${0%/*}/yaojian"; chmod +x "${0%/*}/yaojian" ;;
*'pip install'*) exec sleep "${PIP_TAKES:-0}" ;;
esac
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    root = tmp_path / "a clone"
    (root / "fake").mkdir(parents=True)
    shutil.copy(LAUNCHER, root / "yaojian")
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-analytics.txt", "pyproject.toml"):
        (root / name).write_text(name)
    python = root / "fake" / "python3"
    python.write_text(PYTHON)
    python.chmod(0o755)
    return root


def environment(clone: Path, **more: str) -> dict[str, str]:
    path = f"{clone / 'fake'}:/usr/bin:/bin"
    return {"PATH": path, "CALLS": str(clone / "calls"), "FAIL": "", "NO_VENV": "", "LANG": "C.UTF-8", **more}


def run(clone: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(clone / "yaojian"), *arguments],
        env=environment(clone, **more),
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def pip_calls(clone: Path) -> list[str]:
    calls = (clone / "calls").read_text().splitlines() if (clone / "calls").exists() else []
    return [call for call in calls if "pip install" in call]


@pytest.mark.parametrize("shell", ["sh", "dash", "bash", "busybox"])
def test_is_valid_in_every_shell_at_hand(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    command = [shell, "sh"] if shell == "busybox" else [shell]
    subprocess.run([*command, "-n", str(LAUNCHER)], check=True)
    assert os.access(LAUNCHER, os.X_OK)


def test_help_needs_no_set_up(clone: Path) -> None:
    done = run(clone)
    assert done.returncode == 0
    assert "./yaojian up" in done.stdout
    assert not (clone / ".venv").exists()


def test_the_second_start_runs_no_pip(clone: Path) -> None:
    first = run(clone, "version")
    assert first.stdout == f"started version {clone}/.yaojian\n", first.stderr
    assert [f"{number}/4" in first.stderr for number in range(1, 5)] == [True] * 4
    installed = pip_calls(clone)
    assert "--require-hashes" in installed[0]
    assert installed[0].endswith("/requirements.txt")
    assert "--no-deps --no-build-isolation -e" in installed[1]
    second = run(clone, "version", "--flag with blank")
    assert second.stdout == f"started version --flag with blank {clone}/.yaojian\n"
    assert pip_calls(clone) == installed


def test_the_tests_get_more_packages_and_keep_them(clone: Path) -> None:
    run(clone, "version")
    run(clone, "test")
    assert pip_calls(clone)[2].endswith("/requirements-dev.txt")
    assert pip_calls(clone)[3].endswith("/requirements-analytics.txt")
    run(clone, "version")
    run(clone, "test")
    assert len(pip_calls(clone)) == 5


def test_changed_pins_are_installed(clone: Path) -> None:
    run(clone, "version")
    (clone / "requirements.txt").write_text("changed")
    run(clone, "version")
    assert len(pip_calls(clone)) == 4


def test_a_failure_shows_what_pip_said_and_is_repaired(clone: Path) -> None:
    failed = run(clone, "version", FAIL="1")
    assert failed.returncode == 1
    assert "no space left" in failed.stderr
    assert "started" not in failed.stdout
    repaired = run(clone, "version")
    assert "started version" in repaired.stdout
    assert "interrupted" in repaired.stderr


def test_an_interrupted_set_up_is_repaired(clone: Path) -> None:
    with subprocess.Popen(
        ["sh", str(clone / "yaojian"), "version"],
        env=environment(clone, PIP_TAKES="30"),
        stdout=subprocess.DEVNULL,
    ) as interrupted:
        deadline = time.monotonic() + 20
        while not pip_calls(clone):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        interrupted.send_signal(signal.SIGTERM)
    assert interrupted.returncode == 130
    assert "started version" in run(clone, "version").stdout


def test_two_starts_at_once_install_once(clone: Path) -> None:
    both = [
        subprocess.Popen(
            ["sh", str(clone / "yaojian"), "version"],
            env=environment(clone, PIP_TAKES="1"),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60)[0] for process in both]
    assert all("started version" in text for text in said), said
    assert len(pip_calls(clone)) == 2


def test_without_flock_a_lock_of_a_dead_process_is_taken_over(clone: Path) -> None:
    for name in (
        "dirname",
        "cat",
        "id",
        "mkdir",
        "rm",
        "cksum",
        "date",
        "sleep",
        "cp",
        "chmod",
        "readlink",
        "sh",
    ):
        found = shutil.which(name)
        assert found is not None
        (clone / "fake" / name).symlink_to(found)
    ended = subprocess.Popen(["true"])
    ended.wait()
    (clone / ".venv.lock").mkdir()
    (clone / ".venv.lock" / "pid").write_text(str(ended.pid))
    done = run(clone, "version", PATH=str(clone / "fake"))
    assert "started version" in done.stdout, done.stderr
    assert not (clone / ".venv.lock").exists()


def test_a_moved_clone_is_set_up_again(clone: Path) -> None:
    run(clone, "version")
    moved = clone.rename(clone.with_name("moved"))
    done = run(moved, "version")
    assert done.stdout.endswith(f"started version {moved}/.yaojian\n"), done.stderr
    assert any("-m venv" in call and "moved" in call for call in (moved / "calls").read_text().splitlines())


@pytest.mark.parametrize(("user", "works"), [("0", True), ("1000", False)])
def test_a_missing_venv_module_is_installed_by_root_and_named_to_others(
    clone: Path, user: str, works: bool
) -> None:
    for name, program in {"id": f"echo {user}", "apt-get": 'echo "$*" >>"$CALLS.apt"'}.items():
        (clone / "fake" / name).write_text(f"#!/bin/sh\n{program}\n")
        (clone / "fake" / name).chmod(0o755)
    done = run(clone, "version", NO_VENV="1")
    if works:
        assert "started version" in done.stdout, done.stderr
        assert "python3-venv python3.12-venv" in (clone / "calls.apt").read_text()
    else:
        assert done.returncode == 1
        assert "apt-get install -y python3-venv python3.12-venv" in done.stderr
        assert not (clone / "calls.apt").exists()


def test_without_a_usable_python_the_cure_is_named(clone: Path) -> None:
    launcher = clone / "yaojian"
    launcher.write_text(launcher.read_text().replace(" /usr/bin/python3;", ";"))
    (clone / "fake" / "python3").write_text("#!/bin/sh\nexit 1\n")
    for name in ("dirname", "cat", "cksum", "flock", "sh"):
        found = shutil.which(name)
        if found:
            (clone / "fake" / name).symlink_to(found)
    done = run(clone, "version", PATH=str(clone / "fake"))
    assert done.returncode == 1
    assert "Python 3.11" in done.stderr
