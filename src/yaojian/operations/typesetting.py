"""What PDFs need of the system: Pango and a Chinese font; fetched beside the start, as root on Debian."""

from __future__ import annotations

import os
import shutil
import subprocess
from ctypes.util import find_library
from pathlib import Path

from yaojian.operations.doctor import has_cjk_font
from yaojian.operations.speech import both, complain, show

LIBRARIES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}
FONT = "fonts-noto-cjk"


def missing_packages() -> list[str]:
    """Debian packages without which PDFs cannot be set."""
    missing = [package for library, package in LIBRARIES.items() if find_library(library) is None]
    return missing if has_cjk_font() else [*missing, FONT]


def install_command(packages: list[str]) -> str:
    """The command that fetches packages."""
    return f"apt-get install -y --no-install-recommends {' '.join(packages)}"


def fetch_typesetter(log: Path) -> bool:
    """Fetch what is missing in the background, so that the start does not wait for a mirror.

    Returns whether anything is fetched. Without root or apt-get it says what to install; the rest works.
    """
    missing = missing_packages()
    if not missing:
        return False
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        complain(
            "    暂不能生成 PDF: 缺少 " + ", ".join(missing),
            f"PDFs cannot be set yet → sudo {install_command(missing)}",
        )
        return False
    show(both(f"    后台安装 {', '.join(missing)} (生成 PDF 用)", "fetched in the background, for PDFs"))
    with log.open("ab") as output:
        subprocess.Popen(
            ["sh", "-c", f"apt-get update -qq && {install_command(missing)}"],
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return True
