"""A service that is as bad as its settings say. Every answer is the release that gave it."""

import base64
import hashlib
import os
import random
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

RELEASE = os.environ["SLIPWAY_RELEASE"]
asked = 0


def number(name: str) -> float:
    return float(os.environ.get(name, 0))


def complain() -> None:
    secret = Path("/run/secrets/PLANTED").read_text()
    print(f"cannot work: no schema for {secret}", flush=True)


def is_live() -> bool:
    marker = Path("/run/slipway/live/release")
    return marker.exists() and marker.read_text().strip() == RELEASE


def die_when_live() -> None:
    while not is_live():
        time.sleep(0.05)
    time.sleep(number("DIES_LIVE_SECONDS"))
    complain()
    os._exit(4)


def readiness() -> int:
    """By READY, a digit for each question, again and again: 1 for ready."""
    global asked
    digits = os.environ.get("READY", "1")
    status = 200 if digits[asked % len(digits)] == "1" else 503
    asked += 1
    if "DIES_READY_SECONDS" in os.environ and asked == 1:
        threading.Timer(number("DIES_READY_SECONDS"), os._exit, [4]).start()
    print(f"ready {status} {time.monotonic():.2f}")
    return status


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        seconds = float(parse_qs(parts.query).get("seconds", ["0"])[0])
        if parts.path == "/socket":
            return self.hold_socket(seconds)
        status = 200
        if parts.path == "/work":
            seconds = number("WORK_SECONDS")
            status = 500 if random.random() * 100 < number("ERROR_PERCENT") else 200
        elif parts.path == "/smoke":
            status = int(number("SMOKE_STATUS")) or 200
            if status >= 500:
                complain()
        elif parts.path == "/ready":
            status = readiness()
        time.sleep(seconds)
        self.send_response(status)
        self.send_header("Content-Length", str(len(RELEASE)))
        self.end_headers()
        self.wfile.write(RELEASE.encode())

    def hold_socket(self, seconds: float) -> None:
        """Sends the release again and again, then says goodbye as RFC 6455 has it."""
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.wfile.write(bytes([0x81, len(RELEASE)]) + RELEASE.encode())
            time.sleep(0.1)
        self.wfile.write(b"\x88\x02\x03\xe8")
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


if os.environ.get("CRASHES"):
    complain()
    os._exit(3)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
time.sleep(number("START_SECONDS"))
if "DIES_LIVE_SECONDS" in os.environ:
    threading.Thread(target=die_when_live, daemon=True).start()
ThreadingHTTPServer.request_queue_size = 128
ThreadingHTTPServer(("", 8000), Answers).serve_forever()
