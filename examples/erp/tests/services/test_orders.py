from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx

ORDER = {"customer": "Ada", "amount": "12.50"}


def test_stores_an_order(client: httpx.Client) -> None:
    answer = client.post("/api/v1/orders", json=ORDER)
    assert answer.status_code == 201
    order = answer.json()
    assert ORDER.items() <= order.items()
    assert answer.headers["Location"] == f"http://localhost:8000/api/v1/orders/{order['id']}"
    assert client.get(f"/api/v1/orders/{order['id']}").json() == order


def test_has_no_other_orders(client: httpx.Client) -> None:
    assert client.get("/api/v1/orders/999999").status_code == 404


def test_lists_orders_page_by_page(client: httpx.Client) -> None:
    placed = [client.post("/api/v1/orders", json=ORDER).json()["id"] for _ in range(3)]
    page = client.get("/api/v1/orders", params={"limit": 2}).json()
    assert [order["id"] for order in page] == placed[:0:-1]
    rest = client.get("/api/v1/orders", params={"before": page[-1]["id"], "limit": 1}).json()
    assert [order["id"] for order in rest] == placed[:1]


def test_places_an_order_once_for_each_idempotency_key(client: httpx.Client) -> None:
    headers = {"Idempotency-Key": uuid4().hex}
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda _: client.post("/api/v1/orders", json=ORDER, headers=headers), range(24)
            )
        )
    assert sorted(answer.status_code for answer in answers) == [200] * 23 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_refuses_another_order_under_the_same_idempotency_key(client: httpx.Client) -> None:
    headers = {"Idempotency-Key": uuid4().hex}
    client.post("/api/v1/orders", json=ORDER, headers=headers)
    other = client.post("/api/v1/orders", json=ORDER | {"amount": "13"}, headers=headers)
    assert other.status_code == 422
