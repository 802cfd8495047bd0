"""The one typed reading of the environment; a wrong variable stops the start with its cure."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "YAOJIAN_"


class EnvironmentRefused(Exception):
    """The environment has an unknown or malformed variable; the message names it and the cure."""


class Environment(BaseSettings):
    """What an installation may set from outside. Every variable but DATABASE_URL has the prefix YAOJIAN_."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    data: Path = Path(".yaojian")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    web_workers: Annotated[int, Field(ge=1, le=64)] = 2
    secret_key: str = ""
    installation_key: str = ""
    previous_installation_keys: Annotated[list[str], NoDecode] = []
    allowed_hosts: Annotated[list[str], NoDecode] = ["127.0.0.1", "localhost", "[::1]"]
    debug: bool = False
    behind_proxy: bool = False
    database_app_url: str = ""
    database_owner_url: str = ""
    as_owner: bool = False
    clamd: str = ""
    test_database_url: str = ""
    public_url: Annotated[str, Field(pattern="^(|https?://[^/]+)$")] = ""
    smtp_url: Annotated[str, Field(pattern="^(|smtps?://.+)$")] = ""
    mail_from: str = "yaojian@localhost"
    sms_url: Annotated[str, Field(pattern="^(|https?://.+)$")] = ""
    sms_token: str = ""
    lang: Annotated[str, Field(pattern="^(|zh|en)$")] = ""
    second_factor: Annotated[str, Field(pattern="^(off|optional|required)$")] = "optional"
    second_factor_roles: Annotated[list[str], NoDecode] = []
    session_hours: Annotated[int, Field(ge=1, le=24)] = 8
    session_idle_minutes: Annotated[int, Field(ge=5, le=480)] = 60
    sessions_per_person: Annotated[int, Field(ge=1, le=50)] = 5
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_label: str = ""
    oidc_username_claim: str = ""
    log_head: str = ""
    log_witnesses: str = ""
    database_url: Annotated[str, Field(validation_alias="DATABASE_URL")] = ""

    @field_validator("allowed_hosts", "previous_installation_keys", "second_factor_roles", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    @field_validator("oidc_issuer")
    @classmethod
    def _is_safe_issuer(cls, value: str) -> str:
        if value and not re.match(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/]", value):
            raise ValueError("must begin with https:// (http:// only on this machine)")
        return value

    @model_validator(mode="after")
    def _knows_the_client(self) -> Environment:
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("YAOJIAN_OIDC_ISSUER needs YAOJIAN_OIDC_CLIENT_ID beside it")
        return self

    @field_validator("clamd")
    @classmethod
    def _is_socket(cls, value: str) -> str:
        host, colon, port = value.rpartition(":")
        if value and not value.startswith("/") and not (host and colon and port.isdigit()):
            raise ValueError("must be the path of a socket, such as /run/clamav/clamd.ctl, or host:port")
        return value

    @field_validator("database_url", "database_app_url", "database_owner_url", "test_database_url")
    @classmethod
    def _is_postgres(cls, value: str) -> str:
        if value and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("must begin with postgresql:// — Yaojian runs on PostgreSQL only")
        return value


def variable_name(field: str) -> str:
    """The environment variable behind a field of `Environment`."""
    return "DATABASE_URL" if field.lower() == "database_url" else PREFIX + field.upper()


def _unknown(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    cure = f"是否应为 {near[0]} / did you mean {near[0]}?" if near else ""
    return f"{name}: 未知变量 / unknown variable. {cure} 可用 / known: {', '.join(sorted(known))}"


def read_environment(environ: Mapping[str, str] | None = None) -> Environment:
    """Read and check the environment.

    Raises EnvironmentRefused naming every unknown `YAOJIAN_*` variable and malformed value.
    """
    environ = os.environ if environ is None else environ
    known = {variable_name(name) for name in Environment.model_fields}
    unknown = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    problems = [_unknown(name, known) for name in unknown]
    try:
        values: dict[str, Any] = {
            ("DATABASE_URL" if name == "database_url" else name): environ[variable_name(name)]
            for name in Environment.model_fields
            if variable_name(name) in environ
        }
        environment = Environment(**values)
    except ValidationError as error:
        problems += [
            f"{variable_name(str(item['loc'][0]))}: 取值有误 / malformed {item['input']!r}: {item['msg']}"
            if item["loc"]
            else str(item["msg"])
            for item in error.errors()
        ]
    if problems:
        raise EnvironmentRefused("The environment was refused:\n  " + "\n  ".join(problems))
    return environment
