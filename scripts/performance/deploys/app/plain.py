"""An application that needs no server beside it: `uvicorn plain:app`. BENCH_FAULT says what a bad version does wrong."""

import itertools
import os

from fastapi import FastAPI, Response
from slow import slow_down

FAULT = os.environ["BENCH_FAULT"]
tried = itertools.count()

app = FastAPI()


@app.get("/healthz/live")
@app.get("/healthz/ready")
async def health() -> dict[str, str]:
    return {"status": "well"}


@app.get("/work")
async def work(response: Response) -> dict[str, str]:
    if FAULT == "work":
        response.status_code = 500
    return {"status": "done"}


@app.get("/smoke")
async def smoke(response: Response) -> dict[str, str]:
    # Well when it is tried out, and not when it has the traffic.
    if FAULT == "smoke" and next(tried) > 0:
        response.status_code = 500
    return {"status": "tried"}


slow_down(app)
