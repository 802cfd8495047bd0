"""The set-up steps of a start: migrate, load packs, demo data; skipped when nothing they read has changed."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

import yaojian
from yaojian.operations import processes
from yaojian.operations.database import DatabaseAccess
from yaojian.operations.installation import Installation, python_command
from yaojian.operations.speech import OperationError, Steps, both, show
from yaojian.operations.typesetting import fetch_typesetter

FINGERPRINTED = (".py", ".yaml", ".yml", ".json", ".sql", ".csv")
HEARTBEAT_S = 10.0
LEAST_DISK_MIB = 100
PACKAGE = Path(yaojian.__file__).resolve().parent
PREPARED = "prepared.json"


def code_fingerprint(package: Path = PACKAGE) -> str:
    """A digest of all code and packs that decide what the set-up steps do; tests do not count."""
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*")):
        if file.suffix in FINGERPRINTED and "tests" not in file.parts and file.is_file():
            digest.update(str(file.relative_to(package)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def forget_preparation(installation: Installation) -> None:
    """Make the next start run every set-up step again."""
    (installation.data / PREPARED).unlink(missing_ok=True)


def prepared_state(installation: Installation) -> dict[str, object]:
    """What the last complete set-up noted; empty when there was none."""
    try:
        loaded = json.loads((installation.data / PREPARED).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def expected(installation: Installation, *, demo: bool) -> bool:
    """Whether set-up steps will run, as far as can be said before the database answers."""
    prepared = prepared_state(installation)
    return prepared.get("code") != code_fingerprint() or (demo and not prepared.get("demo"))


def _migration_state(access: DatabaseAccess) -> str:
    """What the database itself says was migrated; "" for an empty one."""
    with psycopg.connect(access.owner_url) as connection:
        row = connection.execute("SELECT to_regclass('django_migrations')").fetchone()
        if row is None or row[0] is None:
            return ""
        counted = connection.execute("SELECT count(*), max(id) FROM django_migrations").fetchone()
        return str(counted)


@dataclass
class Preparation:
    """Runs the set-up steps as children of the supervisor."""

    installation: Installation
    access: DatabaseAccess
    pause: Callable[[float], None]
    remember_child: Callable[[subprocess.Popen[bytes] | None], None]

    def needed(self, *, demo: bool) -> bool:
        """Whether any step has to run before the web server may start."""
        prepared = prepared_state(self.installation)
        return expected(self.installation, demo=demo) or prepared.get("migrations") != _migration_state(
            self.access
        )

    def demo_accounts(self) -> list[dict[str, str]]:
        """The accounts of the demo data, one for each role; none when it was not loaded."""
        accounts = prepared_state(self.installation).get("accounts")
        return accounts if isinstance(accounts, list) else []

    def run(self, steps: Steps, *, demo: bool) -> None:
        """Run every step; each is safe to repeat, so the next start finishes an interrupted set-up."""
        before = bool(prepared_state(self.installation).get("demo"))
        forget_preparation(self.installation)
        fetch_typesetter(self.installation.log / "setup.log")
        with steps.step("建立或升级数据库结构", "creating or upgrading the database schema"):
            self._django("provision", as_owner=True)
        with steps.step("载入规划与规则包", "loading plan packs"):
            self._django("load_packs")
        if demo:
            with steps.step("生成演示数据 (巴里坤县、昌吉州)", "simulating demo data (Barkol, Changji)"):
                self._django("simulate", "--if-empty", visible=True)
        state = {
            "code": code_fingerprint(),
            "migrations": _migration_state(self.access),
            "demo": demo or before,
            "accounts": _ask_demo_accounts(self.installation, self.access) if demo or before else [],
        }
        partial = self.installation.data / f".{PREPARED}.new"
        partial.write_text(json.dumps(state))
        partial.replace(self.installation.data / PREPARED)

    def _django(self, *arguments: str, as_owner: bool = False, visible: bool = False) -> None:
        """Run a Django command as a child; its output goes to the console or, if it fails, its end does."""
        environment = self.installation.child_environment(
            self.access.app_url, self.access.owner_url if as_owner else None
        )
        log = self.installation.log / "setup.log"
        with log.open("ab") as output:
            child = processes.spawn(
                python_command("-m", "django", *arguments),
                env=environment,
                output=None if visible else output,
                death_signal=signal.SIGTERM,
                cwd=self.installation.data,
            )
        self.remember_child(child)
        self._wait(child)
        self.remember_child(None)
        if child.returncode != 0:
            free_mib = shutil.disk_usage(self.installation.data).free >> 20
            if free_mib < LEAST_DISK_MIB:
                raise OperationError(
                    f"步骤 {arguments[0]} 失败: 磁盘已满, {self.installation.data} 只剩 {free_mib} MiB",
                    f"the step {arguments[0]} failed because the disk is full ({free_mib} MiB left)",
                    cure="腾出至少 1 GiB 后重新启动 / free at least 1 GiB and start again; nothing is lost",
                )
            raise OperationError(
                f"步骤 {arguments[0]} 失败",
                f"the step {arguments[0]} failed; what it said is above",
                detail="" if visible else tail(log),
                cure="./yaojian check",
            )

    def _wait(self, child: subprocess.Popen[bytes]) -> None:
        began = reported = time.monotonic()
        while child.poll() is None:
            self.pause(0.05)
            now = time.monotonic()
            if now - reported >= HEARTBEAT_S:
                reported = now
                show(f"    … {now - began:.0f} s")


def _ask_demo_accounts(installation: Installation, access: DatabaseAccess) -> list[dict[str, str]]:
    asked = subprocess.run(
        python_command("-m", "django", "demo_accounts", "--json"),
        env=installation.child_environment(access.app_url),
        cwd=installation.data,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if asked.returncode != 0:
        show(
            both("无法列出演示账号", "the demo accounts cannot be listed")
            + "\n"
            + asked.stderr.decode()[-500:]
        )
        return []
    accounts: list[dict[str, str]] = json.loads(asked.stdout)
    return accounts


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log file."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
