"""Tells the page that asked for a file that the answer has come, for browsers do not."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

SIGNAL = "signal"
"""The parameter with the word that the page waits for; `design/downloads.js` adds it to the address."""
COOKIE = "yaojian_download_"
_WORD = re.compile(r"[a-z0-9]{8,32}")
_SECONDS = 60


class DownloadSignal:
    """Sets a short-lived cookie with the word in its name: "made" with a file, "refused" with an error.

    A download leaves the page standing, and no event tells it that the file was made or refused.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        word = request.GET.get(SIGNAL, "")
        if _WORD.fullmatch(word):
            answer.set_cookie(
                f"{COOKIE}{word}",
                "made" if answer.status_code == 200 else "refused",
                max_age=_SECONDS,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Strict",
            )
        return answer
