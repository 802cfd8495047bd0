"""PostgreSQL refuses to run as root: the unprivileged system user that runs it then."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from yaojian.operations.speech import OperationError

SERVICE_USER = "yaojian"
SYSTEM_HOME = Path("/var/lib/yaojian")


class PopenIdentity(TypedDict, total=False):
    """The arguments of subprocess that change who the child is."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class ServiceUser:
    """An unprivileged account of this machine."""

    name: str
    uid: int
    gid: int

    def popen_arguments(self) -> PopenIdentity:
        """What subprocess needs to run a child as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def may_read(self, file: Path) -> bool:
        """Whether this user can read `file`."""
        return self._asks_kernel("-r", file)

    def may_traverse(self, folder: Path) -> bool:
        """Whether this user can go through `folder` to something inside."""
        return self._asks_kernel("-x", folder)

    def _asks_kernel(self, question: str, path: Path) -> bool:
        """Ask as that user, so that parent folders, ACLs and mounts count."""
        command = ["/bin/sh", "-c", f'test {question} "$1"', "sh", str(path)]
        return subprocess.run(command, cwd="/", check=False, **self.popen_arguments()).returncode == 0


def database_user() -> ServiceUser | None:
    """The account that runs PostgreSQL: None means "whoever I am"; as root, `yaojian` or else `nobody`."""
    if os.geteuid() != 0:
        return None
    for name in (SERVICE_USER, "nobody"):
        entry = _account(name) or (_created_account() if name == SERVICE_USER else None)
        if entry is not None:
            return ServiceUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise OperationError(
        "以 root 运行时找不到可用于运行数据库的普通用户",
        "running as root, and there is no unprivileged user to run the database",
        cure=f"useradd --system --no-create-home {SERVICE_USER}",
    )


def _account(name: str) -> pwd.struct_passwd | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return entry if entry.pw_uid != 0 else None


def _created_account() -> pwd.struct_passwd | None:
    command = shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if command is None:
        return None
    arguments = ["--system", "--user-group", "--no-create-home", "--home-dir", str(SYSTEM_HOME)]
    subprocess.run(
        [command, *arguments, "--shell", "/usr/sbin/nologin", SERVICE_USER], check=False, capture_output=True
    )
    return _account(SERVICE_USER)  # also when another instance made it at the same moment


def give_folder(folder: Path, user: ServiceUser | None, mode: int = 0o700) -> None:
    """Make `folder` if need be and hand it, private, to `user`."""
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    if user is not None:
        os.chown(folder, user.uid, user.gid)
    folder.chmod(mode)


def system_folder_for(data: Path) -> Path:
    """Where root keeps the database of a data folder that the service user cannot reach."""
    digest = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:8]
    return SYSTEM_HOME / digest


def open_system_home() -> Path:
    """Make /var/lib/yaojian, which every user may traverse."""
    SYSTEM_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    SYSTEM_HOME.chmod(0o755)
    return SYSTEM_HOME
