"""Error reports to Sentry, where a DSN is set."""

from erp.settings import Settings


def configure_error_reports(settings: Settings) -> None:
    if settings.sentry_dsn is None:
        return
    # It costs 20 MB, which only who uses it should pay.
    import sentry_sdk  # noqa: PLC0415

    sentry_sdk.init(
        dsn=settings.sentry_dsn.get_secret_value(),
        environment=settings.environment,
        release=settings.release,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
    )
