"""The only reader of the environment: plain settings are variables, secrets variables or files."""

import os
import sys
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    Field,
    HttpUrl,
    PostgresDsn,
    RedisDsn,
    SecretStr,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

AnySettings = TypeVar("AnySettings", bound=BaseSettings)


def secret_url(kind: Any, example: str) -> AfterValidator:
    """Check a URL by a message of its own: pydantic's might hold the value."""
    adapter = TypeAdapter(kind)

    def check(value: SecretStr) -> SecretStr:
        try:
            adapter.validate_python(value.get_secret_value())
        except ValidationError:
            raise ValueError(f"is not a URL such as {example}") from None
        return value

    return AfterValidator(check)


PostgresUrl = Annotated[
    SecretStr, secret_url(PostgresDsn, "postgresql://user:password@host:5432/database")
]
RedisUrl = Annotated[SecretStr, secret_url(RedisDsn, "redis://user:password@host:6379/0")]
SentryUrl = Annotated[SecretStr, secret_url(HttpUrl, "https://key@sentry.example.com/1")]
SigningKey = Annotated[SecretStr, Field(min_length=32)]


class DatabaseSettings(BaseSettings):
    """All that a migration needs."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    database_url: PostgresUrl

    @property
    def sqlalchemy_url(self) -> str:
        """The URL for the driver that is installed, whatever driver it names."""
        return "postgresql+psycopg://" + self.database_url.get_secret_value().split("://", 1)[1]


class Settings(DatabaseSettings):
    environment: str = "local"
    service_name: str = "erp"
    release: str = "unknown"
    debug: bool = False
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    base_url: HttpUrl = HttpUrl("http://localhost:8000")
    api_v1_prefix: str = Field("/api/v1", pattern=r"^(/[a-z0-9-]+)+$")
    upload_dir: Path = Path("/var/lib/erp/uploads")
    upload_max_bytes: int = Field(50_000_000, gt=0)
    tick_seconds: float = Field(5, ge=1)
    requeue_seconds: float = Field(30, ge=1)
    require_auth: bool = False

    redis_url: RedisUrl
    jwt_secret_key: SigningKey | None = None
    sentry_dsn: SentryUrl | None = None

    @model_validator(mode="after")
    def check_combinations(self) -> Self:
        if self.require_auth and not self.jwt_secret_key:
            raise ValueError("JWT_SECRET_KEY is missing, and REQUIRE_AUTH is true")
        if self.debug and self.environment == "production":
            raise ValueError("DEBUG has to be false where ENVIRONMENT is production")
        return self


@cache
def get_settings() -> Settings:
    return load(Settings)


def load(kind: type[AnySettings]) -> AnySettings:
    """Read settings, or end the process with a line for each that is missing or wrong."""
    directory = Path(os.environ.get("SECRETS_DIR", "/run/secrets"))
    try:
        return kind(_secrets_dir=directory if directory.is_dir() else None)
    except ValidationError as error:
        lines = [line(kind, directory, details) for details in error.errors(include_url=False)]
    except SettingsError as error:
        lines = [f"a secret cannot be read: {error.__cause__}"]
    sys.exit("\n".join(f"settings: {line}" for line in lines))


def line(kind: type[BaseSettings], directory: Path, error: Any) -> str:
    problem = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return problem
    field = str(error["loc"][0])
    name = field.upper()
    if error["type"] == "missing":
        return f"{name} is missing: set the variable {name} or write the file {directory / name}"
    if "SecretStr" in str(kind.model_fields[field].annotation):
        return f"{name} {problem}"
    return f"{name} is {error['input']!r}: {problem}"
