"""Files and pages from publishers' web servers, asked for politely.

One request at a time to a host and a pause between them, ``robots.txt`` first, conditional requests, back-off where
a server asks for it, and a hard look at what came: a server that says 200 may still have sent an error page.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any

import httpx
from protego import Protego
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential, wait_random

from sources import clock
from sources.errors import FetchError
from sources.origins import Validators
from sources.recognise import kind_by_bytes

log = logging.getLogger(__name__)

BOT = "RebalanceBot"
VERSION = "0.1.0"
KEPT = "what was received before is kept"

_MIB = 1 << 20
_LARGEST_FILE = 4096 * _MIB
_LARGEST_PAGE = 64 * _MIB
_LARGEST_ROBOTS = 500 * 1024
_ROBOTS_HOLD_SECONDS = 86_400
_BLOCK = 1 << 20
_HEAD = 1 << 16
_SMALL = 4096
_REDIRECTS = {301, 302, 303, 307, 308}

#: What a file's bytes have to be, by the suffix of its name; a suffix that is not here is not checked.
_KINDS_BY_SUFFIX: dict[str, frozenset[str]] = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), frozenset({"text"})),
    **dict.fromkeys((".zip", ".xlsx", ".xlsm", ".ods"), frozenset({"zip"})),
    # Publishers put the suffix .xls on workbooks of the later format too.
    ".xls": frozenset({"xls", "zip"}),
    ".json": frozenset({"json"}),
    ".pdf": frozenset({"pdf"}),
}
_KIND_NAMES = {
    "text": "a text file",
    "zip": "a zip or a workbook",
    "xls": "an old Excel workbook",
    "json": "JSON",
    "pdf": "a PDF",
    "html": "an HTML page",
    "xml": "an XML message",
    "notice": "a sentence of text",
    "nothing": "an empty body",
}


class HttpError(FetchError):
    """A publisher's refusal: its status and the start of what it said, for those who can read more from it."""

    def __init__(self, text: str, *, http_status: int, body: bytes = b"") -> None:
        super().__init__(text)
        self.http_status, self.body = http_status, body


class _PassingTroubleError(Exception):
    """A failure that may be gone at the next try; ``retry_after`` is what the server asked for, in seconds."""

    def __init__(self, found: str, *, http_status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(found)
        self.found, self.http_status, self.retry_after = found, http_status, retry_after


@dataclass(frozen=True)
class Answer:
    """What a server sent: ``path`` is a temporary file of ours, or None where nothing changed."""

    address: str
    """Where it was in the end, redirects followed."""
    http_status: int
    path: Path | None
    validators: Validators
    requested_at: datetime
    received_at: datetime
    size_bytes: int = 0
    sha256: str | None = None


@dataclass(frozen=True)
class _Wanted:
    """One request as its caller means it."""

    address: str
    expected: str
    kinds: frozenset[str] | None
    known: Validators
    md5: str | None
    largest_bytes: int
    is_robots: bool = False


@dataclass
class _Host:
    """What is remembered of one host: a lock so that one request runs at a time, and when the next may start.

    No other lock is asked for while ``request_lock`` is held, so that two hosts that redirect to one another
    cannot wait for each other.
    """

    request_lock: threading.Lock = field(default_factory=threading.Lock)
    robots_lock: threading.Lock = field(default_factory=threading.Lock)
    ready_at: float = 0.0
    crawl_delay: float = 0.0


def user_agent(*, organisation: str, contact: str, page: str) -> str:
    """The one name that every request carries; raises ValueError where it is not plain ASCII."""
    text = f"{BOT}/Version{VERSION} ({organisation} {contact} +{page})"
    if not text.isascii() or not text.isprintable():
        raise ValueError(f"the user agent has to be plain ASCII on one line; found [{text}]")
    return text


def problem(address: str, *, expected: str, found: str, advice: str) -> FetchError:
    """The error for an answer that is not what was asked for: the address, both sides, what to do."""
    return FetchError(problem_text(address, expected=expected, found=found, advice=advice))


def problem_text(address: str, *, expected: str, found: str, advice: str) -> str:
    """The text of such an error."""
    return f"[{address}]: expected {expected}; found {found}; {KEPT}. {advice}"


def kind_of_body(head: bytes, *, is_whole: bool) -> str:
    """What an answer's first bytes are: as ``kind_by_bytes``, and ``json``, ``xml``, ``notice`` or ``nothing``
    where a server's message stands in a file's place."""
    kind = kind_by_bytes(head)
    if kind != "text":
        return kind
    text = head.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        return "nothing"
    if text.startswith((b"{", b"[")):
        # A CSV's first line may begin with a bracket; only what parses is JSON.
        if not is_whole:
            return "json" if re.match(rb'(\{\s*"|\[\s*[\[{"])', text) else "text"
        with suppress(ValueError):
            json.loads(text)
            return "json"
    if text.startswith(b"<"):
        return "html" if re.match(rb"<!doctype html|<(html|head|body|p|div|h1|center|title)\b", text.lower()) else "xml"
    if is_whole and len(head) <= _SMALL and _is_notice(text.decode("utf-8", errors="replace")):
        return "notice"
    return "text"


def _is_notice(text: str) -> bool:
    """Whether a short text is a sentence to a reader rather than a table."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    has_columns = any(mark in line for line in lines for mark in ",\t;|")
    is_sentence = " " in lines[0] and lines[0].endswith((".", "!"))
    return (not has_columns and " " in lines[0]) or (len(lines) <= 3 and is_sentence)


def error_in_json(document: object) -> tuple[int | None, str] | None:
    """The code and message of an error that stands in a JSON body (``{"error": ...}``), or None."""
    if not isinstance(document, dict) or not document.get("error"):
        return None
    error = document["error"]
    if not isinstance(error, dict):
        return None, str(error)
    code = error.get("code")
    parts = [str(error.get("message") or ""), *map(str, error.get("details") or [])]
    said = "; ".join(part for part in parts if part) or json.dumps(error)
    return (code if isinstance(code, int) else None), said


def seconds_asked(value: str | None, *, at: datetime) -> float | None:
    """The wait that a ``Retry-After`` asks for, given in seconds or as an HTTP date; None where it gives none."""
    if value is None:
        return None
    value = value.strip()
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - at).total_seconds())


class PoliteClient:
    """Asks publishers' servers for files and pages; safe to share between threads.

    ``organisation``, ``contact`` and ``page`` say in the user agent who is asking: set them to a team's, never a
    person's. Where a server asks for a longer wait than ``longest_wait`` seconds, it is left alone, not asked early.
    """

    def __init__(
        self,
        folder: Path,
        *,
        organisation: str = "organisation-not-set",
        contact: str = "contact-not-set@example.invalid",
        page: str = "https://example.invalid/rebalance",
        minimum_interval: float = 2.0,
        honours_robots: bool = True,
        tries: int = 5,
        longest_wait: float = 300.0,
        timeout: float = 60.0,
        redirect_limit: int = 5,
        largest_file: int = _LARGEST_FILE,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self.folder = folder
        self.user_agent = user_agent(organisation=organisation, contact=contact, page=page)
        self.minimum_interval, self.honours_robots = minimum_interval, honours_robots
        self.tries, self.longest_wait = tries, longest_wait
        self.redirect_limit, self.largest_file = redirect_limit, largest_file
        self._sleep, self._clock, self._now = sleep, clock, now
        self._back_off = wait_exponential(multiplier=2, max=60) + wait_random(0, 1)
        self._hosts: dict[str, _Host] = {}
        self._hosts_lock = threading.Lock()
        self._robots: dict[str, tuple[float, Protego | None]] = {}
        self._client = httpx.Client(
            headers={"User-Agent": self.user_agent, "Accept": "*/*"},
            verify=_certificates(),
            timeout=httpx.Timeout(timeout, connect=min(timeout, 20.0)),
            follow_redirects=False,
        )

    def __enter__(self) -> PoliteClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def download(self, address: str, *, name: str, known: Validators | None = None, md5: str | None = None) -> Answer:
        """One file, in a temporary file of ours, unless the server says that it has not changed since ``known``.

        ``name`` is the file's published name; its suffix says what the bytes have to be. Raises FetchError.
        """
        kinds = _KINDS_BY_SUFFIX.get(PurePosixPath(name).suffix.lower())
        expected = f"{' or '.join(_KIND_NAMES[k] for k in sorted(kinds))} ({name})" if kinds else f"the file {name}"
        return self._get(_Wanted(address, expected, kinds, known or Validators(), md5, self.largest_file))

    def json(self, address: str, *, parameters: Mapping[str, str | int] | None = None) -> Any:
        """A JSON document; raises FetchError for anything else, and for an error message inside a 200."""
        full = with_parameters(address, parameters)
        wanted = _Wanted(full, "JSON", frozenset({"json"}), Validators(), None, _LARGEST_PAGE)
        raw = self._body(wanted)
        try:
            return json.loads(raw)
        except ValueError as error:
            found = f"JSON that breaks off or is not well formed ({error})"
            raise problem(full, expected="JSON", found=found, advice="Try again later") from error

    def text(self, address: str) -> str:
        """A page's text; raises FetchError where there is none."""
        wanted = _Wanted(address, "a page", frozenset({"html", "text"}), Validators(), None, _LARGEST_PAGE)
        return self._body(wanted).decode("utf-8", errors="replace")

    def _body(self, wanted: _Wanted) -> bytes:
        answer = self._get(wanted)
        assert answer.path is not None
        try:
            return answer.path.read_bytes()
        finally:
            answer.path.unlink(missing_ok=True)

    def temporary(self) -> Path:
        """A new empty file in the client's folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix="arriving-", delete=False) as stream:
            return Path(stream.name)

    def _get(self, wanted: _Wanted) -> Answer:
        """Ask, and ask again where the trouble may pass."""
        retrying = Retrying(
            retry=retry_if_exception_type(_PassingTroubleError),
            stop=stop_after_attempt(self.tries),
            wait=self._wait_before_retry,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(self._follow, wanted)
        except _PassingTroubleError as trouble:
            tries = f"{self.tries} tries" if self.tries > 1 else "1 try"
            text = problem_text(
                wanted.address,
                expected=wanted.expected,
                found=f"{trouble.found}, after {tries}",
                advice="The next refresh asks again; if it goes on, see the source's landing page",
            )
            if trouble.http_status is not None:
                raise HttpError(text, http_status=trouble.http_status) from trouble
            raise FetchError(text) from trouble

    def _wait_before_retry(self, state: RetryCallState) -> float:
        trouble = state.outcome.exception() if state.outcome else None
        asked = trouble.retry_after if isinstance(trouble, _PassingTroubleError) else None
        return asked if asked is not None else self._back_off(state)

    def _follow(self, wanted: _Wanted) -> Answer:
        """One try: the request, and the redirects that it leads to, each under its own host's rules."""
        address, requested_at = wanted.address, self._now()
        for _ in range(self.redirect_limit + 1):
            outcome = self._ask(address, wanted, requested_at)
            if isinstance(outcome, Answer):
                return outcome
            address = outcome
        raise problem(
            wanted.address,
            expected=wanted.expected,
            found=f"more than {self.redirect_limit} redirects, the last to [{address}]",
            advice="The address may have moved: compare the source's landing page with its contract",
        )

    def _ask(self, address: str, wanted: _Wanted, requested_at: datetime) -> Answer | str:
        """One request to one host: the answer, or the address that it redirects to."""
        url = _web_address(address)
        host = self._host(url)
        self._check_robots(url, host, wanted)
        with host.request_lock:
            self._await_turn(url, host, wanted)
            try:
                with self._client.stream("GET", url, headers=_conditions(wanted.known)) as response:
                    return self._take(response, host, wanted, requested_at)
            except (httpx.TransportError, httpx.DecodingError) as error:
                raise _PassingTroubleError(_said_of(error)) from error

    def _host(self, url: httpx.URL) -> _Host:
        with self._hosts_lock:
            return self._hosts.setdefault(url.host, _Host())

    def _await_turn(self, url: httpx.URL, host: _Host, wanted: _Wanted) -> None:
        wait = host.ready_at - self._clock()
        if wait > self.longest_wait:
            raise self._asked_to_wait(wanted, wait, url.host)
        if wait > 0:
            self._sleep(wait)
        host.ready_at = self._clock() + max(self.minimum_interval, host.crawl_delay)

    def _asked_to_wait(self, wanted: _Wanted, wait: float, host: str) -> FetchError:
        again = (self._now() + timedelta(seconds=wait)).strftime("%Y-%m-%d %H:%M UTC")
        return problem(
            wanted.address,
            expected=wanted.expected,
            found=f"that {host} asks for a wait of {wait:.0f} seconds, longer than is given ({self.longest_wait:.0f})",
            advice=f"Refresh this source after {again}",
        )

    def _take(self, response: httpx.Response, host: _Host, wanted: _Wanted, requested_at: datetime) -> Answer | str:
        status, address = response.status_code, str(response.url)
        if response.headers.get("Deprecation") or response.headers.get("Sunset"):
            log.warning(
                "[%s] is being withdrawn by its publisher (Sunset: %s)", address, response.headers.get("Sunset")
            )
        if status in _REDIRECTS:
            return _redirect_target(response, wanted)
        if status == 304:
            return self._not_modified(response, wanted, requested_at)
        if status == 429 or status >= 500:
            self._hold_off(response, host, wanted)
        if status != 200:
            raise _refusal(response, wanted)
        return self._receive(response, wanted, requested_at)

    def _not_modified(self, response: httpx.Response, wanted: _Wanted, requested_at: datetime) -> Answer:
        if wanted.known == Validators():
            raise problem(
                wanted.address,
                expected=wanted.expected,
                found="HTTP 304 (not modified) to a request that set no condition",
                advice="Try again later; a cache in between may be at fault",
            )
        sent = _validators(response)
        validators = Validators(sent.etag or wanted.known.etag, sent.last_modified or wanted.known.last_modified)
        return Answer(str(response.url), 304, None, validators, requested_at, self._now())

    def _hold_off(self, response: httpx.Response, host: _Host, wanted: _Wanted) -> None:
        """Note what the server asked for, so that no other request to this host comes sooner; always raises."""
        asked = None
        if response.status_code in {429, 503}:
            asked = seconds_asked(response.headers.get("Retry-After"), at=self._now())
        if asked is not None:
            host.ready_at = max(host.ready_at, self._clock() + asked)
            if asked > self.longest_wait:
                raise self._asked_to_wait(wanted, asked, response.url.host)
        raise _PassingTroubleError(f"HTTP {response.status_code}", http_status=response.status_code, retry_after=asked)

    def _receive(self, response: httpx.Response, wanted: _Wanted, requested_at: datetime) -> Answer:
        """The body in a temporary file, checked; the file goes again where the check fails."""
        path = self.temporary()
        try:
            size, sha256, md5 = self._stream_to(path, response, wanted)
            self._check_length(response)
            _check_body(path, size, wanted)
            if wanted.md5 and md5 != wanted.md5.lower():
                raise problem(
                    wanted.address,
                    expected=f"a file with the publisher's MD5 {wanted.md5}",
                    found=f"{size:,} bytes with the MD5 {md5}",
                    advice="The publisher may be replacing the file: refresh again later",
                )
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Answer(str(response.url), 200, path, _validators(response), requested_at, self._now(), size, sha256)

    def _stream_to(self, path: Path, response: httpx.Response, wanted: _Wanted) -> tuple[int, str, str]:
        stated = response.headers.get("Content-Length", "")
        if stated.isdigit() and int(stated) > wanted.largest_bytes:
            raise _too_large(wanted, f"{int(stated):,} bytes")
        sha256, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
        with path.open("wb") as stream:
            for block in response.iter_bytes(_BLOCK):
                size += len(block)
                if size > wanted.largest_bytes:
                    raise _too_large(wanted, f"more than {wanted.largest_bytes:,} bytes")
                stream.write(block)
                sha256.update(block)
                md5.update(block)
        return size, sha256.hexdigest(), md5.hexdigest()

    def _check_length(self, response: httpx.Response) -> None:
        # Counted before decompression, as Content-Length is.
        stated, received = response.headers.get("Content-Length", ""), response.num_bytes_downloaded
        if stated.isdigit() and int(stated) != received:
            raise _PassingTroubleError(f"{received:,} bytes where Content-Length says {int(stated):,}")

    def _check_robots(self, url: httpx.URL, host: _Host, wanted: _Wanted) -> None:
        """Raises FetchError where the host's robots.txt says no, or could not be asked."""
        if not self.honours_robots or wanted.is_robots:
            return
        site = f"{url.scheme}://{url.netloc.decode('ascii')}"
        with host.robots_lock:
            held = self._robots.get(site)
            if held is None or self._clock() - held[0] > _ROBOTS_HOLD_SECONDS:
                held = (self._clock(), self._read_robots(site))
                self._robots[site] = held
                delay = held[1].crawl_delay(BOT) if held[1] else None
                host.crawl_delay = min(float(delay), self.longest_wait) if delay else 0.0
        rules = held[1]
        if rules is not None and not rules.can_fetch(str(url), BOT):
            raise problem(
                str(url),
                expected=wanted.expected,
                found=f"that {site}/robots.txt asks programs not to fetch it",
                advice="Save the file by hand and use the folder edition, or agree it with the publisher",
            )

    def _read_robots(self, site: str) -> Protego | None:
        """A site's rules; None where it has none (any 4xx). A site that cannot be asked is taken to say no."""
        address = f"{site}/robots.txt"
        expected = "the site's rules for programs"
        wanted = _Wanted(address, expected, None, Validators(), None, _LARGEST_PAGE, is_robots=True)
        try:
            raw = self._body(wanted)
        except HttpError as error:
            if error.http_status < 500 and error.http_status != 429:
                return None
            raise
        return Protego.parse(raw[:_LARGEST_ROBOTS].decode("utf-8", errors="replace"))


@cache
def _certificates() -> ssl.SSLContext:
    """The certificates that are trusted, read once for the process: it takes longer than a small request."""
    return httpx.create_ssl_context()


def with_parameters(address: str, parameters: Mapping[str, str | int] | None) -> str:
    """An address with its query, encoded."""
    if not parameters:
        return address
    try:
        return str(httpx.URL(address).copy_merge_params({key: str(value) for key, value in parameters.items()}))
    except httpx.InvalidURL as error:
        raise _no_web_address(address, str(error)) from error


def _no_web_address(address: str, why: str) -> FetchError:
    return FetchError(f"[{address}] is not a web address ({why}); {KEPT}. Correct the source's contract")


def _web_address(address: str) -> httpx.URL:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise _no_web_address(address, str(error)) from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise _no_web_address(address, "it has to begin with https:// or http:// and a host")
    return url


def _conditions(known: Validators) -> dict[str, str]:
    headers = {}
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers


def _validators(response: httpx.Response) -> Validators:
    """What the server gave to ask with next time; one that could not be sent back in a header is left out."""
    given = (response.headers.get(name) for name in ("ETag", "Last-Modified"))
    etag, last_modified = (value if value and value.isascii() else None for value in given)
    return Validators(etag, last_modified)


def _said_of(error: httpx.RequestError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return f"no answer in time ({type(error).__name__})"
    if isinstance(error, httpx.RemoteProtocolError | httpx.DecodingError):
        return f"an answer that breaks off or is malformed ({error})"
    return f"no connection ({error or type(error).__name__})"


def _redirect_target(response: httpx.Response, wanted: _Wanted) -> str:
    location = response.headers.get("Location")
    if not location:
        raise problem(
            wanted.address,
            expected=wanted.expected,
            found=f"HTTP {response.status_code} that does not say where to",
            advice="See the source's landing page",
        )
    target = response.url.join(location)
    if response.url.scheme == "https" and target.scheme == "http":
        raise problem(
            wanted.address,
            expected=wanted.expected,
            found=f"a redirect away from https, to [{target}]",
            advice="It is not followed: see the source's landing page",
        )
    return str(target.copy_with(fragment=None))


def _refusal(response: httpx.Response, wanted: _Wanted) -> HttpError:
    body = b""
    with suppress(httpx.HTTPError):
        for block in response.iter_bytes(_HEAD):
            body += block
            if len(body) >= _HEAD:
                break
    status = response.status_code
    if status in {401, 403}:
        advice = "The publisher refuses programs here: save the file by hand and use the folder edition"
    elif status in {404, 410}:
        advice = "It may have moved or been withdrawn: compare the source's landing page with its contract"
    else:
        advice = "Compare the request with the publisher's documentation and correct the source's contract"
    excerpt = excerpt_of(body)
    said = f"HTTP {status}" + (f", saying [{excerpt}]" if excerpt else "")
    text = problem_text(wanted.address, expected=wanted.expected, found=said, advice=advice)
    return HttpError(text, http_status=status, body=body)


def _too_large(wanted: _Wanted, size: str) -> FetchError:
    return problem(
        wanted.address,
        expected=f"{wanted.expected} of at most {wanted.largest_bytes:,} bytes",
        found=size,
        advice="If the file has grown so, raise the client's largest_file",
    )


def excerpt_of(body: bytes, *, length: int = 160) -> str:
    """The start of a message in one line, markup taken out."""
    text = body[:_HEAD].decode("utf-8", errors="replace")
    text = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>|<[^>]*>", " ", text)
    text = " ".join(text.split())
    return text if len(text) <= length else text[:length].rstrip() + "…"


def _check_body(path: Path, size: int, wanted: _Wanted) -> None:
    """Raises FetchError where the body is not of an expected kind, _PassingTroubleError where it says to come back."""
    if wanted.kinds is None:
        return
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    kind = kind_of_body(head, is_whole=size <= _HEAD)
    if kind == "json" and size <= _LARGEST_PAGE:
        _check_json_error(path, wanted)
    if kind in wanted.kinds:
        return
    found = f"{_KIND_NAMES.get(kind, kind)} with status 200"
    if kind in {"html", "xml", "json", "text", "notice"}:
        found += f", saying [{excerpt_of(head)}]"
    raise problem(
        wanted.address,
        expected=wanted.expected,
        found=found,
        advice="The publisher may be out of order or have moved the file: open the address, and compare the contract",
    )


def _check_json_error(path: Path, wanted: _Wanted) -> None:
    with suppress(ValueError):
        error = error_in_json(json.loads(path.read_bytes()))
        if error is None:
            return
        code, said = error
        found = f"an error with status 200: {f'{code}, ' if code is not None else ''}[{said}]"
        if code is not None and (code == 429 or code >= 500):
            raise _PassingTroubleError(found)
        raise problem(
            wanted.address,
            expected=wanted.expected,
            found=found,
            advice="Compare the request with the publisher's documentation and correct the source's contract",
        )
