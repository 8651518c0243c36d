"""A web server on this machine that answers as publishers do, page by page as a test scripts it."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sources import clock


@dataclass(frozen=True)
class Reply:
    """One answer: with ``etag`` or ``last_modified`` it answers 304 to a request that already has that version.

    ``stated_length`` lies about the length, ``seconds`` makes it slow, ``hangs_up`` closes without an answer.
    """

    body: bytes | str = b""
    status: int = 200
    content_type: str = "application/octet-stream"
    headers: tuple[tuple[str, str], ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    stated_length: int | None = None
    seconds: float = 0.0
    hangs_up: bool = False

    @property
    def raw(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


def page(document: Any, *, status: int = 200) -> Reply:
    """A JSON answer."""
    return Reply(json.dumps(document), status=status, content_type="application/json; charset=utf-8")


def html(text: str, *, status: int = 200) -> Reply:
    """A web page, such as stands in for a file when a publisher is out of order."""
    body = f"<!DOCTYPE html>\n<html><head><title>x</title></head><body>{text}</body></html>"
    return Reply(body, status=status, content_type="text/html; charset=utf-8")


def redirect(location: str, *, status: int = 302) -> Reply:
    """A redirect."""
    return Reply(status=status, headers=(("Location", location),))


def busy(retry_after: str | None = None, *, status: int = 429) -> Reply:
    """A server that has had enough, and may say for how long."""
    return Reply("Too many requests", status=status, headers=(("Retry-After", retry_after),) if retry_after else ())


@dataclass
class Request:
    """A request as it came in."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    at: float


class _QuietServer(ThreadingHTTPServer):
    """A server to which a client that hangs up (as one does that waited too long) is nothing to report."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@dataclass
class PublisherServer:
    """Scripted by path: ``server.says("/file.csv", busy("1"), Reply(b"a,b\\n"))`` answers in turn, the last for good.

    A path may carry its query; one without answers whatever the query. Paths without a script are 404, as is
    ``/robots.txt`` unless it is scripted.
    """

    requests: list[Request] = field(default_factory=list)
    most_at_once: int = 0

    def __post_init__(self) -> None:
        self._script: dict[str, list[Reply]] = {}
        self._lock = threading.Lock()
        self._running = 0
        self._server = _QuietServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> PublisherServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def at(self, path: str, *, host: str = "127.0.0.1") -> str:
        """The whole address of a path; ``localhost`` is to a client another host."""
        return f"http://{host}:{self.port}{path}"

    def says(self, path: str, *replies: Reply) -> None:
        """Script the answers of a path."""
        self._script[path] = list(replies)

    def asked(self, path: str) -> list[Request]:
        """The requests for a path, whatever their query."""
        return [request for request in self.requests if request.path == path]

    def paths(self) -> Iterable[str]:
        """The paths asked for, in order, but for ``/robots.txt``."""
        return [request.path for request in self.requests if request.path != "/robots.txt"]

    def _next(self, target: str) -> Reply:
        with self._lock:
            replies = self._script.get(target) or self._script.get(urlsplit(target).path)
            if not replies:
                return html("Page not found", status=404)
            return replies.pop(0) if len(replies) > 1 else replies[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Headers and body in one packet: in two, the second waits 40 ms for the first to be acknowledged.
            wbufsize = -1

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                with server._lock:
                    server.requests.append(Request(parts.path, parse_qs(parts.query), headers, time.monotonic()))
                    server._running += 1
                    server.most_at_once = max(server.most_at_once, server._running)
                try:
                    self._answer(server._next(self.path), headers)
                finally:
                    with server._lock:
                        server._running -= 1

            def _answer(self, reply: Reply, asked: dict[str, str]) -> None:
                if reply.seconds:
                    time.sleep(reply.seconds)
                if reply.hangs_up:
                    self.close_connection = True
                    return
                is_known = (reply.etag and asked.get("if-none-match") == reply.etag) or (
                    reply.last_modified and asked.get("if-modified-since") == reply.last_modified
                )
                body = b"" if is_known else reply.raw
                self.send_response(304 if is_known else reply.status)
                self.send_header("Date", format_datetime(clock.now(), usegmt=True))
                for name, value in (("ETag", reply.etag), ("Last-Modified", reply.last_modified), *reply.headers):
                    if value:
                        self.send_header(name, value)
                if not is_known:
                    self.send_header("Content-Type", reply.content_type)
                    stated = len(body) if reply.stated_length is None else reply.stated_length
                    self.send_header("Content-Length", str(stated))
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = reply.stated_length is not None

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing: a test's output is its own."""

        return Handler
