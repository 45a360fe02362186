"""How Alembic reaches the database: `alembic upgrade head`."""

from logging.config import fileConfig

from alembic import context
from sqlalchemy import create_engine

from erp.models import Base
from erp.settings import DatabaseSettings, load

if context.config.config_file_name:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)

engine = create_engine(load(DatabaseSettings).sqlalchemy_url)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
