import pytest

from erp.schema import Schema

HEAD = ", ".join(Schema().heads)


@pytest.mark.parametrize(
    "current",
    [
        pytest.param({HEAD}, id="at the head"),
        pytest.param({"newer"}, id="ahead of this code"),
    ],
)
def test_serves_a_database_that_has_what_this_code_needs(current: set[str]) -> None:
    assert Schema().behind(current) is None


def test_refuses_an_older_database() -> None:
    assert Schema().behind({"0001_orders"}) == (
        f"the database is at 0001_orders, this release needs {HEAD}"
    )


def test_refuses_a_database_without_a_revision() -> None:
    assert Schema().behind(set()) == (f"the database is at no revision, this release needs {HEAD}")
