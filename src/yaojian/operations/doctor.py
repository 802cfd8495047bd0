"""`yaojian check`: says in words what is wrong with an installation and what to do about it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from yaojian.operations.speech import OperationError, both, show

MIB = 1 << 20
OLDEST_PYTHON = (3, 11)
REPOSITORY = Path(__file__).resolve().parents[3]
# The year in which this code was written: an earlier clock is certainly wrong.
EARLIEST_YEAR = 2025
LATEST_YEAR = 2100
CLOCK_TOLERANCE_S = 30.0


@dataclass(frozen=True)
class Finding:
    """One line of the diagnosis: ✓ fine, ! worth knowing, ✗ must be cured."""

    mark: str
    zh: str
    en: str
    cure: str = ""


def good(zh: str, en: str) -> Finding:
    """Nothing to do."""
    return Finding("✓", zh, en)


def warning(zh: str, en: str, cure: str = "") -> Finding:
    """Works, but."""
    return Finding("!", zh, en, cure)


def error(zh: str, en: str, cure: str = "") -> Finding:
    """Does not work until it is cured."""
    return Finding("✗", zh, en, cure)


def diagnose(*, data: str | None, port: int | None) -> int:
    """Print one line for each finding; returns 1 when any of them is an error."""
    checks: list[Callable[[], Iterator[Finding]]] = [check_python, check_packages, check_user, check_clock]
    failed = _report(checks)
    try:
        from yaojian.operations.installation import installation_from_environment

        installation = installation_from_environment(data=data, port=port)
    except OperationError as refused:
        return _print(error(refused.zh, refused.en, refused.detail or refused.cure)) or 1
    except ImportError as missing:
        return (
            _print(error(f"无法载入程序: {missing}", "a package is missing", "rm -rf .venv && ./yaojian up"))
            or 1
        )
    from yaojian.operations import doctor_installation as deeper

    failed |= _report(
        [
            lambda: check_data_folder(installation.data),
            lambda: deeper.check_port(installation),
            check_font,
            check_typesetter,
            check_chromium,
            lambda: deeper.check_database(installation),
        ]
    )
    return 1 if failed else 0


def _report(checks: list[Callable[[], Iterator[Finding]]]) -> bool:
    """Print what each check finds; a check that itself fails is reported, never fatal."""
    failed = False
    for check in checks:
        try:
            for finding in check():
                failed |= bool(_print(finding))
        except Exception as problem:  # a diagnosis must survive every kind of broken machine
            failed |= bool(
                _print(error(f"检查出错: {type(problem).__name__}: {problem}", "this check failed"))
            )
    return failed


def _print(finding: Finding) -> int:
    show(
        f"{finding.mark} {both(finding.zh, finding.en)}" + (f"\n    → {finding.cure}" if finding.cure else "")
    )
    return 1 if finding.mark == "✗" else 0


def check_python(found: tuple[int, ...] = sys.version_info[:3]) -> Iterator[Finding]:
    """3.11 or newer."""
    own = ".".join(str(part) for part in found)
    if found < OLDEST_PYTHON:
        yield error(f"Python {own} 过旧", "Python 3.11 or newer is needed", "apt-get install python3")
    else:
        yield good(f"Python {own}", f"Python {own} ({sys.executable})")


def pinned_versions(text: str, platform: str = sys.platform) -> dict[str, str]:
    """The versions that a requirements file pins for this platform."""
    pins = {}
    for line in text.splitlines():
        found = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)\s*(?:;\s*([^\\]*))?", line)
        if found and not _for_other_platforms(found[3] or "", platform):
            pins[found[1].lower()] = found[2]
    return pins


def _for_other_platforms(marker: str, platform: str) -> bool:
    named = re.search(r"sys_platform\s*==\s*'([^']+)'|platform_system\s*==\s*'([^']+)'", marker)
    if named is None:
        return bool(marker.strip())  # any other condition: pip decided, we cannot say better
    return (named[1] or named[2]).lower() != platform


def check_packages(requirements: Path | None = None) -> Iterator[Finding]:
    """What is installed equals the pins."""
    file = requirements or REPOSITORY / "requirements.txt"
    if not file.exists():
        yield good("以安装包方式运行, 无固定版本清单", "installed as a package, no pins to compare")
        return
    wrong = []
    pins = pinned_versions(file.read_text())
    for name, wanted in pins.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "-"
        if found != wanted:
            wrong.append(f"{name} {found} ≠ {wanted}")
    if wrong:
        yield error(
            f"{len(wrong)} 个依赖与清单不符: {', '.join(wrong[:5])}",
            "packages differ from requirements.txt",
            "rm -rf .venv && ./yaojian up",
        )
    else:
        yield good(f"{len(pins)} 个依赖与清单一致", f"{len(pins)} packages equal the pins")


def check_user() -> Iterator[Finding]:
    """Root works, an ordinary user is better."""
    if os.geteuid() == 0:
        yield warning(
            "正以 root 运行, 正式环境请用普通用户",
            "running as root; use an ordinary user in production",
        )


def check_clock(now: float | None = None) -> Iterator[Finding]:
    """The clock is plausible: statutory deadlines depend on it."""
    moment = time.time() if now is None else now
    local = time.localtime(moment)
    shown = time.strftime("%Y-%m-%d %H:%M:%S %z", local)
    packaging = REPOSITORY / "pyproject.toml"
    newest = packaging.stat().st_mtime if packaging.exists() else 0.0
    if not EARLIEST_YEAR <= local.tm_year <= LATEST_YEAR or newest - moment > CLOCK_TOLERANCE_S:
        yield error(f"系统时间不可信: {shown}", "the clock is wrong", "timedatectl set-ntp true")
    else:
        yield good(f"系统时间 {shown}", f"clock {shown}")


def check_data_folder(folder: Path) -> Iterator[Finding]:
    """It can be written and has room."""
    existing = folder
    while not existing.exists():
        existing = existing.parent
    if not os.access(existing, os.W_OK | os.X_OK):
        yield error(
            f"数据目录不可写: {folder}",
            "the data folder cannot be written",
            f"chown -R $(id -un) {existing} 或 / or ./yaojian up --data DIR",
        )
    else:
        yield good(f"数据目录 {folder}", f"data folder {folder} can be written")
    secrets_file = folder / "secrets.json"
    if secrets_file.exists() and secrets_file.stat().st_mode & 0o077:
        yield error("secrets.json 可被他人读取", "others can read the secrets", f"chmod 600 {secrets_file}")
    yield from judge_space(shutil.disk_usage(existing).free)


def judge_space(free: int) -> Iterator[Finding]:
    """Below 1 GiB is worth knowing, below 100 MiB the database will stop."""
    text = f"磁盘剩余 {free / MIB / 1024:.1f} GiB" if free >= 1024 * MIB else f"磁盘剩余 {free // MIB} MiB"
    cure = "清理磁盘或用 --data 换盘 / free some space, or use --data on another disk"
    if free < 100 * MIB:
        yield error(text, "the disk is full", cure)
    elif free < 1024 * MIB:
        yield warning(text, "little disk space is left", cure)
    else:
        yield good(text, "disk space")


def has_cjk_font() -> bool:
    """Whether any installed font can draw Chinese."""
    lister = shutil.which("fc-list")
    if lister:
        listed = subprocess.run([lister, ":lang=zh", "family"], capture_output=True, check=False, timeout=30)
        return bool(listed.stdout.strip())
    names = re.compile(
        r"cjk|noto.*sc|wqy|simsun|simhei|sourcehan|uming|ukai|droidsansfallback", re.IGNORECASE
    )
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
    return any(
        names.search(file.name) for folder in folders if folder.is_dir() for file in folder.rglob("*.[to]t*")
    )


def check_font() -> Iterator[Finding]:
    """Chinese fonts matter for PDFs and screenshots only."""
    if has_cjk_font():
        yield good("中文字体", "a Chinese font is installed")
    else:
        yield warning(
            "缺少中文字体, 服务器端打印与 PDF 会缺字",
            "no Chinese font: PDFs made here would lack characters",
            "apt-get install fonts-noto-cjk",
        )


def check_typesetter() -> Iterator[Finding]:
    """Reports as PDF need Pango."""
    from yaojian.operations.typesetting import install_command, missing_packages

    missing = [package for package in missing_packages() if package.startswith("lib")]
    if missing:
        yield warning("缺少 Pango, 不能生成 PDF", "no PDFs: Pango is missing", install_command(missing))
    else:
        yield good("PDF 排版组件", "Pango, for PDFs")


def check_chromium() -> Iterator[Finding]:
    """Only the browser tests need it."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        yield good(f"Chromium: {found}", f"Chromium {found}, for browser tests")
    else:
        yield good(
            "未安装 Chromium (仅浏览器测试需要)", "Chromium is not installed; only browser tests need it"
        )
