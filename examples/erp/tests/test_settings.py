import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from erp.settings import Settings, load
from processes import NOWHERE, run


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory of secrets, and no variable that is a setting."""
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    return tmp_path


def lines(error: pytest.ExceptionInfo[SystemExit]) -> list[str]:
    return str(error.value.code).splitlines()


def test_reads_secrets_from_files(secrets: Path) -> None:
    for name, value in NOWHERE.items():
        (secrets / name).write_text(f"{value}\n")
    assert load(Settings).redis_url.get_secret_value() == NOWHERE["REDIS_URL"]


def test_prefers_variables_to_files(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NOWHERE.items():
        (secrets / name).write_text(value)
    monkeypatch.setenv("REDIS_URL", "redis://other:6379/1")
    assert load(Settings).redis_url.get_secret_value() == "redis://other:6379/1"


@pytest.mark.parametrize(
    "scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg"]
)
def test_takes_any_postgres_url(
    scheme: str, secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (secrets / "REDIS_URL").write_text(NOWHERE["REDIS_URL"])
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://erp:p%40ss@db:5432/erp?sslmode=require")
    url = load(Settings).sqlalchemy_url
    assert url == "postgresql+psycopg://erp:p%40ss@db:5432/erp?sslmode=require"


def test_names_everything_that_is_missing(secrets: Path) -> None:
    (secrets / "DATABASE_URL").write_text("\n")
    with pytest.raises(SystemExit) as error:
        load(Settings)
    assert lines(error) == [
        "settings: DATABASE_URL is not a URL such as postgresql://user:password@host:5432/database",
        "settings: REDIS_URL is missing: "
        f"set the variable REDIS_URL or write the file {secrets}/REDIS_URL",
    ]


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("LOG_LEVEL", "loud", "LOG_LEVEL is 'loud': Input should be 'DEBUG', "),
        ("DEBUG", "perhaps", "DEBUG is 'perhaps': Input should be a valid boolean"),
        ("TICK_SECONDS", "0", "TICK_SECONDS is '0': Input should be greater than or equal to 1"),
        ("API_V1_PREFIX", "api", "API_V1_PREFIX is 'api': String should match"),
        ("BASE_URL", "erp", "BASE_URL is 'erp': Input should be a valid URL"),
        ("REQUIRE_AUTH", "true", "JWT_SECRET_KEY is missing, and REQUIRE_AUTH is true"),
    ],
)
def test_says_what_is_wrong_with_a_setting(
    name: str, value: str, found: str, secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, url in NOWHERE.items():
        (secrets / key).write_text(url)
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as error:
        load(Settings)
    assert lines(error)[0].startswith(f"settings: {found}")
    assert len(lines(error)) == 1


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "SENTRY_DSN", "JWT_SECRET_KEY"])
def test_never_shows_a_secret(
    name: str, secrets: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for key, url in NOWHERE.items():
        (secrets / key).write_text(url)
    monkeypatch.setenv(name, "://planted")
    with pytest.raises(SystemExit) as error:
        load(Settings)
    assert name in lines(error)[0]
    assert "planted" not in str(error.value.code) + "".join(capfd.readouterr())


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """Root could read every file."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)


@pytest.mark.usefixtures("secrets", "unprivileged")
def test_says_which_file_it_cannot_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with TemporaryDirectory() as directory:
        monkeypatch.setenv("SECRETS_DIR", directory)
        file = Path(directory) / "DATABASE_URL"
        file.touch(0o000)
        with pytest.raises(SystemExit) as error:
            load(Settings)
    assert lines(error) == [
        f"settings: a secret cannot be read: [Errno 13] Permission denied: '{file}'"
    ]


@pytest.mark.parametrize(
    "command",
    [
        ["uvicorn", "erp.main:app"],
        ["celery", "-A", "erp.worker", "worker"],
        ["celery", "-A", "erp.worker", "beat"],
        ["alembic", "upgrade", "head"],
    ],
)
def test_ends_every_process_with_one_line(command: list[str], tmp_path: Path) -> None:
    environment = {"SECRETS_DIR": str(tmp_path), "REDIS_URL": NOWHERE["REDIS_URL"]}
    result = run(command, environment, check=False)
    assert result.returncode == 1
    assert (result.stdout + result.stderr).splitlines() == [
        "settings: DATABASE_URL is missing: "
        f"set the variable DATABASE_URL or write the file {tmp_path}/DATABASE_URL"
    ]
