"""The OpenID provider that logs people in: sent there, come back, and what it says of them.

OpenID Connect Core 1.0 with the authorization code flow, PKCE (RFC 7636), a nonce, and a
state which only the browser that was sent there can bring back.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from brevgen.settings.desk import OidcSettings

LASTS = timedelta(minutes=10)
"""How long a person may take to log in."""
MOST_ON_THEIR_WAY = 1_000
SIGNED_BY = ("RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512")
"""How a token may be signed: by a key that only the provider has."""
LEEWAY = 60
"""Seconds that the provider's clock may differ."""


class LogInFailed(Exception):
    """Nobody can be let in; the reason is for the log, in English."""


class ProviderAway(LogInFailed):
    """The provider does not answer as it should."""


@dataclass(frozen=True)
class Person:
    """Who logged in, as the provider or a proxy says.

    Args:
        identity: what the provider or the proxy calls the person.
        issuer: the provider; empty for a proxy.
        name: for people to read; empty where none is told.
        groups: those the person is in.
        to: the page that was asked for.
    """

    identity: str
    issuer: str
    name: str
    groups: tuple[str, ...]
    to: str


@dataclass(frozen=True)
class _OnTheWay:
    session: dict[str, Any]
    to: str
    began: datetime


class Provider:
    """Sends browsers to the provider, and takes them back.

    Args:
        settings: the table `[desk.oidc]`.
        secret: the desk's secret at the provider.
        address: where the provider sends browsers back to.
        clock: tells the time, aware.
    """

    def __init__(
        self,
        settings: OidcSettings,
        secret: str,
        address: str,
        clock: Callable[[], datetime],
    ) -> None:
        from authlib.integrations.starlette_client import OAuth

        self._settings, self._address, self._clock = settings, address, clock
        self._on_their_way: dict[str, _OnTheWay] = {}
        issuer = settings.issuer.rstrip("/")
        self._client = OAuth().register(
            "provider",
            client_id=settings.client_id,
            client_secret=secret or None,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": " ".join(settings.scopes),
                "code_challenge_method": "S256",
                "timeout": 10,
                **({} if secret else {"token_endpoint_auth_method": "none"}),
            },
        )

    async def send_there(self, request: Request, to: str) -> tuple[Response, str]:
        """Send a browser to the provider.

        Args:
            request: the browser's.
            to: the page of the desk that it asked for.

        Returns:
            the answer, and a key that the browser must bring back.

        Raises:
            ProviderAway: the provider cannot be asked.
        """
        await self._check_metadata()
        now = self._clock()
        for key in [k for k, each in self._on_their_way.items() if now - each.began > LASTS]:
            del self._on_their_way[key]
        while len(self._on_their_way) >= MOST_ON_THEIR_WAY:
            del self._on_their_way[next(iter(self._on_their_way))]
        session: dict[str, Any] = {}
        request.scope["session"] = session
        more = {"acr_values": " ".join(self._settings.acr_values)}
        answer: RedirectResponse = await self._client.authorize_redirect(
            request, self._address, **(more if self._settings.acr_values else {})
        )
        key = secrets.token_urlsafe(32)
        self._on_their_way[key] = _OnTheWay(session, to, now)
        return answer, key

    async def take_back(self, request: Request, key: str) -> Person:
        """The person that a browser comes back with; a key works once.

        Raises:
            LogInFailed: the browser was not sent there, the provider refused, or what it says of
                the person will not do.
        """
        import httpx2
        from authlib.integrations.starlette_client import OAuthError
        from joserfc.errors import JoseError

        known = self._on_their_way.pop(key, None)
        if known is None or self._clock() - known.began > LASTS:
            raise LogInFailed("this browser was not sent to the provider, or took too long")
        request.scope["session"] = known.session
        try:
            token = await self._client.authorize_access_token(
                request, leeway=LEEWAY, claims_options=self._wanted()
            )
        except (OAuthError, JoseError) as error:
            raise LogInFailed(f"{type(error).__name__}: {error}") from error
        except (httpx2.HTTPError, ValueError, RuntimeError) as error:
            raise ProviderAway(f"{type(error).__name__}: {error}") from error
        if "userinfo" not in token:
            raise LogInFailed("the provider gave no ID token")
        return self._person(token["userinfo"], known.to)

    def _wanted(self) -> dict[str, dict[str, Any]]:
        """What a token must say."""
        wanted: dict[str, dict[str, Any]] = {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": self._settings.client_id},
        }
        if self._settings.acr_values:
            wanted["acr"] = {"essential": True, "values": list(self._settings.acr_values)}
        return wanted

    async def _check_metadata(self) -> None:
        """Hold what the provider says of itself to the settings.

        Raises:
            ProviderAway: it cannot be asked, or is another.
        """
        import httpx2

        try:
            metadata = await self._client.load_server_metadata()
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderAway(f"{type(error).__name__}: {error}") from error
        if metadata.get("issuer") != self._settings.issuer:
            self._client.server_metadata.clear()
            raise ProviderAway(f"the provider calls itself {metadata.get('issuer')}")
        algorithms = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
        metadata["id_token_signing_alg_values_supported"] = [
            each for each in algorithms if each in SIGNED_BY
        ]

    def _person(self, claims: Mapping[str, Any], to: str) -> Person:
        identity = claims.get(self._settings.account_claim)
        if not isinstance(identity, str) or not identity:
            raise LogInFailed(f"the token has no {self._settings.account_claim}")
        told = claims.get(self._settings.groups_claim) or []
        groups = [told] if isinstance(told, str) else told if isinstance(told, list) else []
        name = claims.get(self._settings.name_claim)
        return Person(
            identity,
            claims["iss"],
            readable(name) if isinstance(name, str) else "",
            tuple(each for each in groups if isinstance(each, str)),
            to,
        )


def readable(name: str) -> str:
    """A name in one line, without signs that cannot be seen; at most 200."""
    return "".join(each for each in " ".join(name.split()) if each.isprintable())[:200]
