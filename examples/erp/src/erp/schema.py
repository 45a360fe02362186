"""What this code knows of the database's schema: its migrations and its tables."""

from collections.abc import Iterable
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import text

from erp.models import Base

# The columns of tables, and whether a row that leaves one out is refused.
COLUMNS = text("""
    SELECT relname, attname, attnotnull AND NOT atthasdef AND attidentity = ''
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE attrelid IN (SELECT to_regclass(name) FROM unnest(CAST(:tables AS text[])) AS name)
        AND attnum > 0 AND NOT attisdropped
""")


class Schema:
    """The migrations beside this file."""

    def __init__(self) -> None:
        scripts = ScriptDirectory(str(Path(__file__).parent / "migrations"))
        self.known = {script.revision for script in scripts.walk_revisions()}
        self.heads = set(scripts.get_heads())

    def behind(self, current: set[str]) -> str | None:
        """Tell how a database at these revisions is too old for this code; None if it is not.

        A revision that this code does not know was made by newer code: then the database is ahead.
        """
        if current - self.known or current >= self.heads:
            return None
        at = ", ".join(sorted(current)) or "no revision"
        return f"the database is at {at}, this release needs {', '.join(sorted(self.heads))}"


def misfit(columns: Iterable[tuple[str, str, bool]]) -> str | None:
    """Tell why this code cannot read or write tables with these columns; None if it can.

    Newer code has migrated the database: its revision does not say whether this code lives with it.
    """
    present = {(table, column): required for table, column, required in columns}
    known = {
        (column.table.name, column.name)
        for each in Base.metadata.sorted_tables
        for column in each.columns
    }
    if missing := known - present.keys():
        return f"the database lacks {names(missing)}"
    if wanted := {each for each, required in present.items() if required} - known:
        return f"the database wants {names(wanted)}, which this release does not know"
    return None


def names(columns: Iterable[tuple[str, str]]) -> str:
    return ", ".join(sorted(f"{table}.{column}" for table, column in columns))
