"""Files on a volume: `curl -T report.pdf .../files/report.pdf` stores one."""

import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path as File
from typing import Annotated
from uuid import uuid4

import anyio
from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import FileResponse
from pydantic import BaseModel

from erp.dependencies import CurrentSettings

router = APIRouter(prefix="/files", tags=["files"])

# No separator and no leading dot: a name can neither leave the directory nor be a file under way.
Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]


class StoredFile(BaseModel):
    name: str
    bytes: int


@router.put("/{name}", status_code=201)
async def store_file(name: Name, request: Request, settings: CurrentSettings) -> StoredFile:
    """Store the body of the request; a file of that name is replaced once all of it is there."""
    written = 0
    async with file_under_way(settings.upload_dir, name) as file:
        async for chunk in request.stream():
            written += len(chunk)
            if written > settings.upload_max_bytes:
                raise HTTPException(413, f"a file has at most {settings.upload_max_bytes} bytes")
            await file.write(chunk)
    return StoredFile(name=name, bytes=written)


@asynccontextmanager
async def file_under_way(directory: File, name: str) -> AsyncIterator[anyio.AsyncFile[bytes]]:
    """Open a file that takes its name when all of it is on the disk, and is gone if that fails."""
    path = directory / f".{uuid4()}"
    try:
        async with await anyio.open_file(path, "wb") as file:
            yield file
            await file.flush()
            await anyio.to_thread.run_sync(os.fsync, file.wrapped.fileno())
        path.replace(directory / name)
    finally:
        path.unlink(missing_ok=True)


@router.get("")
def list_files(settings: CurrentSettings) -> list[StoredFile]:
    with os.scandir(settings.upload_dir) as entries:
        files = [entry for entry in entries if entry.is_file() and not entry.name.startswith(".")]
        stored = [StoredFile(name=file.name, bytes=file.stat().st_size) for file in files]
    return sorted(stored, key=lambda file: file.name)


@router.get("/{name}")
def read_file(name: Name, settings: CurrentSettings) -> FileResponse:
    path = settings.upload_dir / name
    if not path.is_file():
        raise HTTPException(404, f"no file {name}")
    # Always as a download: a page that somebody stored must not run under our address.
    return FileResponse(path, media_type="application/octet-stream", filename=name)


def prepare_directory(directory: File) -> None:
    """End the process if files cannot be stored here; remove what a crash left half-written."""
    if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
        sys.exit(f"settings: UPLOAD_DIR is {directory}: uid {os.getuid()} cannot write there")
    yesterday = time.time() - 86_400
    for path in directory.glob(".*"):
        if path.stat().st_mtime < yesterday:
            path.unlink(missing_ok=True)
