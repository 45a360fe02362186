from pathlib import Path
from uuid import uuid4

import httpx
from sqlalchemy import Engine, func, select

from erp.models import Invoice
from processes import background, celery, run, wait_until

Environment = dict[str, str]


def invoiced(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(Invoice)) or 0


def test_takes_the_queues_that_it_is_told_and_invoices_once(
    client: httpx.Client, migrated: Environment, engine: Engine, tmp_path: Path
) -> None:
    """A new release is proved on a queue of its own, and takes the others when it is told."""
    order = client.post("/api/v1/orders", json={"customer": "Ada", "amount": "12.50"}).json()
    queue = f"test-{uuid4().hex}"
    for _ in range(3):
        run(celery(f"call erp.invoice_order --queue {queue} --args [{order['id']}]"), migrated)
    told = "--destination probe@test --timeout 5"
    log = tmp_path / "log"
    new = migrated | {"RELEASE": "r2"}
    with background("worker -Q probe -c 1 -n probe@test", new, log):
        assert "pong" in run(celery(f"inspect ping {told}"), migrated).stdout
        task = run(celery("call erp.probe --queue probe"), migrated).stdout.strip()
        assert run(celery(f"result {task}"), migrated).stdout.strip() == "r2"
        assert invoiced(engine) == 0
        run(celery(f"control {told} add_consumer {queue}"), migrated)
        wait_until(lambda: log.read_text().count("succeeded") == 4)
        assert invoiced(engine) == 1
        run(celery(f"control {told} cancel_consumer {queue}"), migrated)
        assert queue not in run(celery(f"inspect {told} active_queues"), migrated).stdout
