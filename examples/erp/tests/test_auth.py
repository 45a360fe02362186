from collections.abc import Iterator
from datetime import timedelta

import httpx
import jwt
import pytest
from pydantic import SecretStr
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from erp.auth import make_token
from erp.settings import Settings
from processes import NOWHERE, Server, run, running

KEY = "a key that is long enough for HS256"
OTHER_KEY = "another key that is long enough too"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("guarded")
    environment = {"UPLOAD_DIR": str(directory), "REQUIRE_AUTH": "true", "JWT_SECRET_KEY": KEY}
    with running(NOWHERE | environment, directory) as server:
        yield server


def bearer(key: str = KEY, lifetime: timedelta = timedelta(hours=1)) -> dict[str, str]:
    settings = Settings(
        database_url=SecretStr(NOWHERE["DATABASE_URL"]),
        redis_url=SecretStr(NOWHERE["REDIS_URL"]),
        jwt_secret_key=SecretStr(key),
    )
    return {"Authorization": f"Bearer {make_token(settings, 'ada', lifetime)}"}


def test_lets_a_valid_token_in(guarded: Server) -> None:
    assert httpx.get(f"{guarded.url}/api/v1/files", headers=bearer()).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no token"),
        pytest.param({"Authorization": "Basic YTpi"}, id="another scheme"),
        pytest.param({"Authorization": "Bearer nonsense"}, id="no JWT"),
        pytest.param(bearer(OTHER_KEY), id="another key"),
        pytest.param(bearer(lifetime=timedelta(seconds=-1)), id="out of date"),
        pytest.param(
            {"Authorization": "Bearer " + jwt.encode({"sub": "ada"}, KEY)}, id="without an end"
        ),
    ],
)
def test_refuses_every_other_token(headers: dict[str, str], guarded: Server) -> None:
    answer = httpx.get(f"{guarded.url}/api/v1/files", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_guards_the_web_socket(guarded: Server) -> None:
    url = f"ws://127.0.0.1:{guarded.port}/ws"
    with pytest.raises(InvalidStatus) as refused:
        connect(url)
    assert refused.value.response.status_code == 401
    with connect(url, additional_headers=bearer()) as socket:
        assert "release" in str(socket.recv())


def test_leaves_the_probes_open(guarded: Server) -> None:
    assert httpx.get(f"{guarded.url}/healthz/live").status_code == 200
    assert httpx.get(f"{guarded.url}/").status_code == 200


def test_prints_a_token(guarded: Server) -> None:
    result = run(["erp.auth", "ada"], NOWHERE | {"JWT_SECRET_KEY": KEY})
    headers = {"Authorization": f"Bearer {result.stdout.strip()}"}
    assert httpx.get(f"{guarded.url}/api/v1/files", headers=headers).status_code == 200
