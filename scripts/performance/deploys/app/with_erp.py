"""The ERP, started as slowly: `uvicorn with_erp:app`."""

from erp.main import app
from slow import slow_down

slow_down(app)
