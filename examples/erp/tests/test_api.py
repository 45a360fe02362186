import json

import httpx

from processes import Server


def test_says_which_release_answers(client: httpx.Client) -> None:
    answer = client.get("/")
    assert answer.json() == {"service": "erp", "environment": "test", "release": "r1"}


def test_lives_without_database_and_redis(client: httpx.Client) -> None:
    assert client.get("/healthz/live").status_code == 200


def test_is_not_ready_without_database_and_redis(client: httpx.Client) -> None:
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "not ready",
        "release": "r1",
        "checks": {"database": "not reachable", "redis": "not reachable"},
    }


def test_refuses_an_order_that_it_cannot_store(client: httpx.Client) -> None:
    answer = client.post("/api/v1/orders", json={"customer": "Ada", "amount": "9.99"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"


def test_refuses_impossible_orders(client: httpx.Client) -> None:
    for order in (
        {"customer": "", "amount": "1"},
        {"customer": "Ada", "amount": "0"},
        {"customer": "Ada", "amount": "1.001"},
        {"customer": "Ada"},
    ):
        assert client.post("/api/v1/orders", json=order).status_code == 422


def test_logs_json_without_secrets(client: httpx.Client, server: Server) -> None:
    client.get("/healthz/ready")
    text = server.log.read_text()
    assert "planted-password" not in text
    lines = [json.loads(line) for line in text.splitlines()]
    assert {"erp", "r1", "test"} <= set(lines[0].values())
    assert any(line["logger"] == "erp.health" and line["level"] == "WARNING" for line in lines)
