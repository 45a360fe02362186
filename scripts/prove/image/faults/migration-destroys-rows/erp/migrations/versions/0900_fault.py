"""The fault of this image."""

from alembic import op

revision = "0900_fault"
down_revision = "DATABASE_HEAD"


def upgrade() -> None:
    op.execute("DELETE FROM invoices")
    op.execute("DELETE FROM orders")
