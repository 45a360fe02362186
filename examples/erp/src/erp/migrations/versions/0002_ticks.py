"""Ticks of the beat."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002_ticks"
down_revision: str | Sequence[str] | None = "0001_orders"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "ticks",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("release", sa.String(100), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("worker_release", sa.String(100), nullable=False),
        sa.Column("worker_host", sa.String(255), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticks")),
    )
    op.create_index(op.f("ix_ticks_created_at"), "ticks", ["created_at"])


def downgrade() -> None:
    op.drop_table("ticks")
