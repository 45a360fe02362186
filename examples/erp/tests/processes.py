"""Real processes of the application, with nothing of this environment but PATH and COVERAGE_*."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

PROJECT = Path(__file__).parent.parent
NOWHERE = {
    "DATABASE_URL": "postgresql://erp:planted-password@127.0.0.1:1/erp",
    "REDIS_URL": "redis://erp:planted-password@127.0.0.1:1/0",
}


class Server:
    """The API on a free port."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self.process = start(
            ["uvicorn", "erp.main:app", "--port", str(self.port), "--no-access-log"],
            environment,
            log,
        )

    def answers(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(self.log.read_text())
        try:
            return httpx.get(f"{self.url}/healthz/live").is_success
        except httpx.TransportError:
            return False


@contextmanager
def running(environment: dict[str, str], directory: Path) -> Iterator[Server]:
    server = Server(environment, directory / "api.log")
    try:
        wait_until(server.answers)
        yield server
    finally:
        stop(server.process)


@contextmanager
def background(command: str, environment: dict[str, str], log: Path) -> Iterator[None]:
    """Run a worker or a beat."""
    process = start(celery(command), environment, log)

    def is_ready() -> bool:
        if process.poll() is not None:
            raise AssertionError(log.read_text())
        return re.search(r"@test ready|beat: Starting", log.read_text()) is not None

    try:
        wait_until(is_ready)
        yield
    finally:
        stop(process)


def celery(command: str) -> list[str]:
    return ["celery", "-A", "erp.worker", *command.split()]


def run(
    command: list[str], environment: dict[str, str], *, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run a module of Python to its end, in at most a minute."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        env=clean(environment),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=check,
    )


def start(command: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a module of Python that writes to the log."""
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            env=clean(environment),
            cwd=PROJECT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def clean(environment: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT / "src"),
        **kept,
        **environment,
    }


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"it did not happen within {seconds} seconds")
        time.sleep(0.05)
