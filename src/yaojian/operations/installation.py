"""One installation: its data folder, its secrets, its lock, and the environment its processes get."""

from __future__ import annotations

import fcntl
import hmac
import json
import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import MISSING, asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from yaojian.operations.cluster import LOCATION_FILE
from yaojian.operations.roles import RolePasswords
from yaojian.operations.speech import OperationError

SETTINGS_MODULE = "yaojian.config.settings"
# What only the supervisor and the owner's steps may know.
OWNER_ONLY = ("DATABASE_URL", "YAOJIAN_DATABASE_OWNER_URL", "YAOJIAN_AS_OWNER")

# What the sequencer, which reads no sealed field and signs no cookie, need not know.
APPLICATION_ONLY = (
    "YAOJIAN_INSTALLATION_KEY",
    "YAOJIAN_PREVIOUS_INSTALLATION_KEYS",
    "YAOJIAN_SECRET_KEY",
    "YAOJIAN_SMTP_URL",
    "YAOJIAN_SMS_TOKEN",
    "YAOJIAN_OIDC_CLIENT_SECRET",
)


@dataclass(frozen=True)
class Secrets:
    """What this installation generated for itself; losing `installation_key` loses the encrypted fields."""

    superuser_password: str
    owner_password: str
    app_password: str
    installation_key: str
    secret_key: str
    previous_installation_keys: tuple[str, ...] = ()

    @property
    def sequencer_password(self) -> str:
        """The password of the sequencer's database role, derived: installations of before had none."""
        return hmac.new(self.superuser_password.encode(), b"sequencer database role", "sha256").hexdigest()

    @classmethod
    def generated(cls) -> Secrets:
        """New random secrets of 256 bits each."""
        made: dict[str, Any] = {one.name: new_secret() for one in fields(cls) if one.default is MISSING}
        return cls(**made)

    @classmethod
    def read(cls, text: str) -> Secrets:
        """The secrets in the text of a key file. Raises ValueError or TypeError."""
        values = json.loads(text)
        previous = tuple(values.pop("previous_installation_keys", ()))
        return cls(**values, previous_installation_keys=previous)

    def with_new_installation_key(self) -> Secrets:
        """A new installation key in front of the present one, which still opens what it wrapped."""
        return replace(
            self,
            installation_key=new_secret(),
            previous_installation_keys=(self.installation_key, *self.previous_installation_keys),
        )


def new_secret() -> str:
    """256 random bits as hexadecimal text."""
    return secrets.token_hex(32)


@dataclass(frozen=True)
class Lock:
    """Who holds the data folder."""

    pid: int
    purpose: str
    port: int


@dataclass(frozen=True)
class Installation:
    """A data folder and the settings that the operator chose for it."""

    data: Path
    host: str
    port: int
    web_workers: int
    allowed_hosts: tuple[str, ...]
    database_url: str

    @property
    def run(self) -> Path:
        """Records of running processes."""
        return self.data / "run"

    @property
    def log(self) -> Path:
        """Log files."""
        return self.data / "log"

    @property
    def documents(self) -> Path:
        """Photos and generated documents."""
        return self.data / "documents"

    @property
    def reachable_host(self) -> str:
        """Where this machine itself reaches the web server."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104

    @property
    def blocking_threads(self) -> int:
        """Threads of one web process; each may hold a database connection."""
        return max(2, min(8, 64 // self.web_workers))

    @property
    def connections(self) -> int:
        """Database connections that this installation may open at once."""
        return self.web_workers * self.blocking_threads + 40

    def prepare_folders(self) -> None:
        """Make the data folder's parts, private to the operator."""
        try:
            self.data.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
            for folder in (self.run, self.log, self.documents):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise OperationError(
                f"无法写入数据目录 {self.data}: {error.strerror}",
                f"the data folder cannot be written: {error.strerror}",
                cure="./yaojian up --data /可写目录 (或修正权限 / or correct its permissions)",
            ) from error

    def secrets(self) -> Secrets:
        """Read the secrets; generate them once for a new data folder."""
        file = self.data / "secrets.json"
        try:
            # A data folder that is new has no secrets yet: they are made below.
            with suppress(FileNotFoundError):
                return Secrets.read(file.read_text())
        except (ValueError, TypeError, PermissionError) as error:
            raise OperationError(
                f"无法读取 {file}: {error}",
                "secrets.json cannot be read",
                cure=f"从备份恢复该文件 / put the original {file.name} back",
            ) from error
        if (self.data / LOCATION_FILE).exists():
            raise OperationError(
                f"{file} 丢失, 没有它无法打开现有数据库",
                "secrets.json is missing; the existing database cannot be opened without it",
                cure="从备份恢复该文件 / put the original file back",
            )
        created = Secrets.generated()
        self.write_secrets(created)
        return created

    def write_secrets(self, values: Secrets) -> None:
        """Replace secrets.json in one step, readable by the operator only."""
        file = self.data / "secrets.json"
        partial = file.with_suffix(".new")
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            json.dump(asdict(values), stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(file)
        folder = os.open(self.data, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def role_passwords(self) -> RolePasswords:
        """The passwords of the database roles."""
        own = self.secrets()
        return RolePasswords(
            owner=own.owner_password, application=own.app_password, sequencer=own.sequencer_password
        )

    def child_environment(
        self, app_url: str, owner_url: str | None = None, base: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """The environment of a child; only one that is given the owner's URL knows it and acts as owner."""
        own = self.secrets()
        inherited = os.environ if base is None else base
        environment = {name: value for name, value in inherited.items() if name not in OWNER_ONLY}
        environment |= {
            "DJANGO_SETTINGS_MODULE": SETTINGS_MODULE,
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
            "YAOJIAN_DATA": str(self.data),
            "YAOJIAN_HOST": self.host,
            "YAOJIAN_PORT": str(self.port),
            "YAOJIAN_DATABASE_APP_URL": app_url,
            "YAOJIAN_INSTALLATION_KEY": inherited.get("YAOJIAN_INSTALLATION_KEY") or own.installation_key,
            "YAOJIAN_PREVIOUS_INSTALLATION_KEYS": inherited.get("YAOJIAN_PREVIOUS_INSTALLATION_KEYS")
            or ",".join(own.previous_installation_keys),
            "YAOJIAN_SECRET_KEY": inherited.get("YAOJIAN_SECRET_KEY") or own.secret_key,
        }
        if owner_url is not None:
            environment |= {"YAOJIAN_DATABASE_OWNER_URL": owner_url, "YAOJIAN_AS_OWNER": "1"}
        return environment

    def sequencer_environment(self, sequencer_url: str) -> dict[str, str]:
        """The environment of the sequencer, which needs none of the application's keys."""
        environment = self.child_environment(sequencer_url)
        return {name: value for name, value in environment.items() if name not in APPLICATION_ONLY}

    @contextmanager
    def locked(self, purpose: str) -> Iterator[None]:
        """Hold the data folder; the kernel lets go of it however this process ends.

        Raises OperationError naming the holder when another process has it.
        """
        self.prepare_folders()
        with (self.data / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise self._held_error() from None
            file.truncate(0)
            file.write(json.dumps(asdict(Lock(os.getpid(), purpose, self.port))))
            file.flush()
            yield

    def holder(self) -> Lock | None:
        """Who holds the data folder now; None when nobody does."""
        file = self.data / "lock"
        if not file.exists():
            return None
        with file.open() as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return self._noted_holder()
        return None

    def _noted_holder(self) -> Lock:
        try:
            return Lock(**json.loads((self.data / "lock").read_text()))
        except (ValueError, TypeError):  # it is being written this very moment
            return Lock(pid=0, purpose="?", port=0)

    def _held_error(self) -> OperationError:
        holder = self._noted_holder()
        if holder.purpose == "up":
            return OperationError(
                f"药鉴已在运行: 进程 {holder.pid}, http://{self.host}:{holder.port}, 数据目录 {self.data}",
                f"already running: pid {holder.pid}, port {holder.port}, same data folder",
                cure="再开一套 / a second one: ./yaojian up --port 8001 --data 另一目录",
            )
        return OperationError(
            f"数据目录正被占用: 进程 {holder.pid} ({holder.purpose})",
            f"the data folder is in use by pid {holder.pid} ({holder.purpose})",
            cure="待其结束后重试 / try again when it has ended",
        )


def installation_from_environment(
    *, data: str | None = None, port: int | None = None, environ: Mapping[str, str] | None = None
) -> Installation:
    """The installation that environment and command line name; the command line wins.

    Raises OperationError when the environment is refused.
    """
    from yaojian.config.environment import EnvironmentRefused, read_environment

    try:
        environment = read_environment(environ)
    except EnvironmentRefused as error:
        raise OperationError("环境变量有误", "the environment was refused", detail=str(error)) from error
    return Installation(
        data=Path(data if data is not None else environment.data).expanduser().resolve(),
        host=environment.host,
        port=port if port is not None else environment.port,
        web_workers=environment.web_workers,
        allowed_hosts=tuple(environment.allowed_hosts),
        database_url=environment.database_url,
    )


def python_command(*arguments: str) -> list[str]:
    """The interpreter of this environment with arguments."""
    return [sys.executable, *arguments]
