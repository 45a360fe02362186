import pytest

from erp.models import Base
from erp.schema import Schema, misfit

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


COLUMNS = [
    (table.name, column.name, not column.nullable and column.server_default is None)
    for table in Base.metadata.sorted_tables
    for column in table.columns
]


def test_fits_its_own_tables_and_what_newer_code_adds_for_itself() -> None:
    assert misfit(COLUMNS) is None
    assert misfit([*COLUMNS, ("orders", "note", False), ("parcels", "id", False)]) is None


def test_does_not_fit_a_table_without_a_column_that_it_reads() -> None:
    without = [each for each in COLUMNS if each[:2] != ("orders", "customer")]
    assert misfit(without) == "the database lacks orders.customer"


def test_does_not_fit_a_table_that_wants_a_column_which_it_does_not_write() -> None:
    assert misfit([*COLUMNS, ("orders", "country", True)]) == (
        "the database wants orders.country, which this release does not know"
    )
