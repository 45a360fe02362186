"""Prints the migrations that a database lacks, a line each. Where the database has some that this code does not know,
it prints those and ends with status 3.

Usage: pending-alembic.py [OPTION OF alembic ...]
"""

import os
import sys
from contextlib import redirect_stdout

from alembic.config import CommandLine
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

NEWER = 3


class Pending(CommandLine):
    """Alembic's own command line, which finds its configuration as `alembic` does, with another end."""

    def run_cmd(self, config, options):
        script = ScriptDirectory.from_config(config)
        present = set()

        def note(heads, context):
            present.update(heads)
            return []

        # What the application prints on its way is no answer.
        with redirect_stdout(sys.stderr), EnvironmentContext(config, script, fn=note, dont_mutate=True):
            script.run_env()
        unknown = present - {each.revision for each in script.walk_revisions()}
        if unknown:
            print(", ".join(sorted(unknown)))
            sys.exit(NEWER)
        lacking = script.iterate_revisions("heads", tuple(present), implicit_base=True)
        for migration in reversed(list(lacking)):
            print(f"{migration.revision} {migration.doc}".strip())


# `python -m alembic` finds modules there.
sys.path.append(os.getcwd())
Pending().main([*sys.argv[1:], "current"])
