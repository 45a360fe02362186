"""What this code knows of the database's schema: its migrations."""

from pathlib import Path

from alembic.script import ScriptDirectory


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
