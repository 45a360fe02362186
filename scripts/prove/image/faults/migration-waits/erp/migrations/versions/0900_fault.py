"""The fault of this image."""

import sqlalchemy as sa
from alembic import op

revision = "0900_fault"
down_revision = "DATABASE_HEAD"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.String(200)))
