"""OpenID Connect: discovery, the authorization code with PKCE, and the verification of the ID token."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import httpx
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from yaojian.foundation.errors import DomainError
from yaojian.foundation.timekeeping import now

SCOPE = "openid profile"
ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512", "EdDSA"]
"""Signatures with a public key only: neither `none` nor a shared secret makes an ID token believable."""
TIMEOUT_SECONDS = 10
CACHE_SECONDS = 600
CLOCK_LEEWAY_SECONDS = 60
SECOND_FACTOR_METHODS = frozenset({"mfa", "otp", "hwk", "sc", "fpt", "face"})
"""Methods in the claim `amr` (RFC 8176) that say the provider asked for more than a password."""


class OutsideSignInFailed(DomainError):
    """The outside sign-in did not come to a trustworthy end."""

    code, status, title = "outside_sign_in_failed", 403, _("The outside sign-in failed")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the platform remembers between sending somebody away and their return."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def fresh(cls) -> Attempt:
        """Three secrets of 256 bits."""
        return cls(*(secrets.token_urlsafe(32) for _each in range(3)))

    def as_dict(self) -> dict[str, str]:
        """For the session."""
        return {"state": self.state, "nonce": self.nonce, "verifier": self.verifier}


def is_configured() -> bool:
    """Whether this installation offers the outside sign-in."""
    return bool(settings.OIDC_ISSUER)


def _unreachable() -> OutsideSignInFailed:
    return OutsideSignInFailed(
        _("The outside sign-in service does not answer as it should."),
        cure=_("Try again later, or sign in with your password."),
        code="outside_sign_in_unreachable",
    )


def _answer_of(request: httpx.Request, auth: httpx.BasicAuth | None = None) -> dict[str, Any]:
    """The JSON object that the provider answers with. Raises OutsideSignInFailed for anything else."""
    try:
        with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
            answer = client.send(request, auth=auth).raise_for_status().json()
    except (httpx.HTTPError, ValueError):
        raise _unreachable() from None
    if not isinstance(answer, dict):
        raise _unreachable()
    return answer


def _discovered() -> dict[str, Any]:
    """The provider's description of itself; it must name the configured issuer exactly."""
    issuer = settings.OIDC_ISSUER
    key = f"accounts.oidc.{issuer}"
    known = cache.get(key)
    if known is None:
        known = _answer_of(httpx.Request("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration"))
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if known.get("issuer") != issuer or not all(isinstance(known.get(name), str) for name in needed):
            raise _unreachable()
        cache.set(key, known, CACHE_SECONDS)
    return dict(known)


def authorization_address(attempt: Attempt, redirect_uri: str) -> str:
    """Where to send somebody who wants to sign in outside. Raises OutsideSignInFailed."""
    parameters = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": redirect_uri,
        "scope": SCOPE,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": create_s256_code_challenge(attempt.verifier),
        "code_challenge_method": "S256",
    }
    return str(add_params_to_uri(_discovered()["authorization_endpoint"], list(parameters.items())))


def claims_of_return(attempt: Attempt, answer: Mapping[str, str], redirect_uri: str) -> dict[str, Any]:
    """The verified claims of the ID token behind the provider's answer.

    Raises OutsideSignInFailed: another state than ours, the provider's refusal, a code that it does not
    exchange, an ID token whose signature, issuer, audience, time or nonce is not right.
    """
    if not secrets.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
        raise OutsideSignInFailed(
            _("This answer does not belong to a sign-in that was begun here."), cure=_("Begin again.")
        )
    if "error" in answer or not answer.get("code"):
        raise OutsideSignInFailed(
            _("The outside sign-in service did not let you in."),
            cure=_("Try again there, or use your password."),
        )
    described = _discovered()
    token = _exchanged(described["token_endpoint"], answer["code"], attempt.verifier, redirect_uri)
    return _verified(str(token.get("id_token", "")), described["jwks_uri"], attempt.nonce)


def _exchanged(url: str, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
    """What the token endpoint gives for the code; the client's secret is in the header (RFC 6749 2.3.1)."""
    client, secret = settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET
    return _answer_of(
        httpx.Request(
            "POST",
            url,
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": redirect_uri,
                "code_verifier": verifier,
                "client_id": client,
            },
        ),
        httpx.BasicAuth(quote_plus(client), quote_plus(secret)) if secret else None,
    )


def _verified(id_token: str, jwks_uri: str, nonce: str) -> dict[str, Any]:
    moment = int(now().timestamp())
    wanted = jwt.JWTClaimsRegistry(
        now=moment,
        leeway=CLOCK_LEEWAY_SECONDS,
        iss={"essential": True, "value": settings.OIDC_ISSUER},
        aud={"essential": True, "value": settings.OIDC_CLIENT_ID},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        keys = KeySet.import_key_set(_answer_of(httpx.Request("GET", jwks_uri)))  # type: ignore[arg-type]
        token = jwt.decode(id_token, keys, algorithms=ALGORITHMS)
        wanted.validate(token.claims)
        _check_authorized_party(token.claims)
    except (JoseError, ValueError, KeyError, TypeError):
        raise OutsideSignInFailed(
            _("The answer of the outside sign-in service could not be verified, so it was not believed."),
            cure=_("Begin again. If it happens again, tell the administrator: somebody may be interfering."),
        ) from None
    return dict(token.claims)


def _check_authorized_party(claims: Mapping[str, Any]) -> None:
    """With several audiences, or where it is named, the authorized party must be us (OIDC Core 3.1.3.7)."""
    audience, party = claims["aud"], claims.get("azp")
    several = isinstance(audience, list) and len(audience) > 1
    if (several or party is not None) and party != settings.OIDC_CLIENT_ID:
        raise ValueError("the ID token was made out to another party")


def used_second_factor(claims: Mapping[str, Any]) -> bool:
    """Whether the provider says that it asked for a second factor."""
    methods = claims.get("amr")
    return isinstance(methods, list) and not SECOND_FACTOR_METHODS.isdisjoint(map(str, methods))
