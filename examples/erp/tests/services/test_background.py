from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import Engine, insert

from erp.models import Order
from processes import background, wait_until

Environment = dict[str, str]


@pytest.fixture(scope="module")
def _worker(migrated: Environment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    log = tmp_path_factory.mktemp("worker") / "log"
    with background("worker -Q default,invoices -c 2 -n main@test", migrated, log):
        yield


@pytest.fixture(scope="module")
def _beat(migrated: Environment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    directory = tmp_path_factory.mktemp("beat")
    with background(f"beat -s {directory}/schedule --pidfile=", migrated, directory / "log"):
        yield


def is_invoiced(client: httpx.Client, order_id: int) -> bool:
    return client.get(f"/api/v1/orders/{order_id}").json()["invoice"] is not None


@pytest.mark.usefixtures("_worker")
def test_invoices_an_order(client: httpx.Client) -> None:
    order = client.post("/api/v1/orders", json={"customer": "Ada", "amount": "12.50"}).json()
    wait_until(lambda: is_invoiced(client, order["id"]))
    invoice = client.get(f"/api/v1/orders/{order['id']}").json()["invoice"]
    assert (invoice["amount"], invoice["release"]) == ("12.50", "r1")


@pytest.mark.usefixtures("_worker", "_beat")
def test_invoices_an_order_whose_task_was_lost(client: httpx.Client, engine: Engine) -> None:
    with engine.begin() as connection:
        statement = insert(Order).values(customer="Ada", amount=1).returning(Order.id)
        order_id = connection.scalar(statement)
    assert order_id is not None
    wait_until(lambda: is_invoiced(client, order_id))


@pytest.mark.usefixtures("_worker", "_beat")
def test_ticks(client: httpx.Client) -> None:
    wait_until(lambda: len(client.get("/api/v1/ticks").json()) > 2)
    tick = client.get("/api/v1/ticks").json()[0]
    assert tick["release"] == tick["worker_release"] == "r1"
    assert tick["host"] == tick["worker_host"]
