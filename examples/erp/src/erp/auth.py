"""Bearer tokens, asked for where REQUIRE_AUTH is true. `python -m erp.auth NAME` prints one."""

import sys
from datetime import UTC, datetime, timedelta

import jwt
from fastapi import HTTPException
from starlette.requests import HTTPConnection

from erp.settings import Settings, get_settings

ALGORITHM = "HS256"


def require_token(connection: HTTPConnection) -> None:
    """Refuse a request or a WebSocket that has no valid token."""
    settings: Settings = connection.app.state.settings
    if not settings.require_auth:
        return
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise jwt.InvalidTokenError
        jwt.decode(token, key(settings), [ALGORITHM], options={"require": ["exp", "sub"]})
    except jwt.InvalidTokenError:
        raise HTTPException(
            401, "a valid bearer token is needed", {"WWW-Authenticate": "Bearer"}
        ) from None


def make_token(settings: Settings, subject: str, lifetime: timedelta) -> str:
    claims = {"sub": subject, "exp": datetime.now(UTC) + lifetime}
    return jwt.encode(claims, key(settings), ALGORITHM)


def key(settings: Settings) -> str:
    if settings.jwt_secret_key is None:
        sys.exit("settings: JWT_SECRET_KEY is missing")
    return settings.jwt_secret_key.get_secret_value()


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004
        sys.exit("usage: python -m erp.auth NAME")
    sys.stdout.write(make_token(get_settings(), sys.argv[1], timedelta(hours=1)) + "\n")
