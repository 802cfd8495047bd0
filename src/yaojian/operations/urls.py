"""Changing one part of a libpq URL without touching the rest."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit


def with_database(url: str, name: str) -> str:
    """The same server and user, another database."""
    return urlunsplit(urlsplit(url)._replace(path="/" + quote(name, safe="")))


def with_identity(url: str, user: str, password: str) -> str:
    """The same server and database, another user."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{place}"))


def without_password(url: str) -> str:
    """The URL as it may be shown."""
    parts = urlsplit(url)
    who, at, place = parts.netloc.rpartition("@")
    return urlunsplit(
        parts._replace(netloc=f"{who.partition(':')[0]}{':***' if ':' in who else ''}{at}{place}")
    )
