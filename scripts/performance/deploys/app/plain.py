"""An application that needs no server beside it: `uvicorn plain:app`. BENCH_FAULT says what a bad version does wrong."""

import os

from fastapi import FastAPI, Response
from slow import slow_down

FAULT = os.environ["BENCH_FAULT"]

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
    if FAULT == "smoke":
        # The engine puts the time before it.
        print("smoke test refused", flush=True)
        response.status_code = 500
    return {"status": "tried"}


slow_down(app)
