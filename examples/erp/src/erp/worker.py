"""The Celery application: `celery -A erp.worker worker` and `celery -A erp.worker beat`."""

import socket
from typing import Any

from celery import Celery, signals
from kombu import Queue

from erp.error_reports import configure_error_reports
from erp.logs import configure_logging
from erp.settings import get_settings

settings = get_settings()
configure_error_reports(settings)

TASK_SECONDS = 60

app = Celery("erp", broker=settings.redis_url.get_secret_value(), include=["erp.tasks"])
app.conf.update(
    # A worker takes of these what its `-Q` names; with any other name there it makes that queue.
    task_queues=[Queue(name, routing_key=name) for name in ("default", "invoices")],
    task_default_queue="default",
    task_routes={"erp.invoice_order": {"queue": "invoices"}},
    # A task is done when it has ended: what a killed worker held is delivered again.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    # Celery cannot note in a Redis that is down that it cancels a task, and then takes it for
    # done: it would be lost.
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_prefetch_multiplier=1,
    task_time_limit=TASK_SECONDS,
    broker_transport_options={
        # When what a lost worker held is delivered again: longer than any task may run.
        "visibility_timeout": 3 * TASK_SECONDS,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "socket_timeout": 10,
    },
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # Only a task that says `ignore_result=False` stores what it returns.
    result_backend=settings.redis_url.get_secret_value(),
    result_expires=60,
    task_ignore_result=True,
    beat_schedule={
        "tick": {
            "task": "erp.tick",
            "schedule": settings.tick_seconds,
            "kwargs": {"release": settings.release, "host": socket.gethostname()},
            # While no worker runs, they must not pile up.
            "options": {"expires": 30},
        },
        "requeue-orders": {
            "task": "erp.requeue_orders",
            "schedule": settings.requeue_seconds / 2,
            "options": {"expires": 30},
        },
    },
)


@signals.setup_logging.connect
def setup_logging(**_: Any) -> None:
    """Keep Celery from configuring its own logs."""
    configure_logging(settings)
