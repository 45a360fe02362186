"""Logs for machines: one JSON object a line, on stdout."""

import logging.config

from erp.settings import Settings


def configure_logging(settings: Settings) -> None:
    """Send every logger, uvicorn's and Celery's too, the same way."""
    # By `--no-access-log` uvicorn has taken its handler away before this runs.
    has_access_log = logging.getLogger("uvicorn.access").hasHandlers()
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": "pythonjsonlogger.json.JsonFormatter",
                    "format": "%(levelname)s %(name)s %(message)s",
                    "rename_fields": {"levelname": "level", "name": "logger"},
                    "timestamp": True,
                    "static_fields": {
                        "service": settings.service_name,
                        "environment": settings.environment,
                        "release": settings.release,
                    },
                }
            },
            "handlers": {
                "stdout": {
                    "class": "logging.StreamHandler",
                    "formatter": "json",
                    "stream": "ext://sys.stdout",
                }
            },
            "root": {"level": settings.log_level, "handlers": ["stdout"]},
            "loggers": {
                "uvicorn": {"handlers": [], "propagate": True},
                "uvicorn.access": {"handlers": [], "propagate": has_access_log},
            },
        }
    )
