"""What the tests of the origins share: a publisher on this machine, and clients that do not wait."""

from __future__ import annotations

import csv
import hashlib
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sources.catalogue import Source
from sources.contract import Contract, Discovery
from sources.origins import Offer, Validators
from sources.origins.discovery import KINDS
from sources.origins.http import PoliteClient
from sources.origins.live import LiveOrigin
from tests.sources.origins.publisher_server import PublisherServer

Discovered = Callable[..., list[Offer]]
Fetched = Callable[[Offer], bytes]
Recorded = Callable[[str], Any]


@dataclass
class FakeTime:
    """A clock that moves only when somebody sleeps."""

    seconds: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


@pytest.fixture(autouse=True)
def _this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every host but this machine, and leave the environment's proxies aside."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    look_up = socket.getaddrinfo

    def look_up_here(host: Any, *args: Any, **options: Any) -> Any:
        assert host in {"127.0.0.1", "localhost"}, f"a test asked for the host [{host}]"
        return look_up(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)


@pytest.fixture
def publisher() -> Iterator[PublisherServer]:
    with PublisherServer() as server:
        yield server


@pytest.fixture
def other_publisher() -> Iterator[PublisherServer]:
    with PublisherServer() as server:
        yield server


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def make_client(tmp_path: Path, fake_time: FakeTime) -> Iterator[Callable[..., PoliteClient]]:
    """Make a client with no pause between requests, by a clock that moves only when it sleeps."""
    made: list[PoliteClient] = []

    def make(**changes: Any) -> PoliteClient:
        settings = {"minimum_interval": 0.0, "sleep": fake_time.sleep, "clock": fake_time.clock, **changes}
        made.append(PoliteClient(tmp_path / "arriving", **settings))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: Callable[..., PoliteClient]) -> PoliteClient:
    return make_client()


@pytest.fixture
def leftovers(tmp_path: Path) -> Callable[[], list[str]]:
    """The temporary files that are still in the client's folder."""
    return lambda: sorted(path.name for path in (tmp_path / "arriving").glob("*"))


@pytest.fixture
def make_source(tmp_path: Path) -> Callable[..., Source]:
    """Make a source whose contract says no more than how it is discovered."""

    def make(kind: str, **parameters: Any) -> Source:
        discovery = Discovery(kind=kind, parameters=parameters)
        contract = Contract.model_construct(discovery=discovery, landing_page="https://example.invalid/landing")
        return Source("someone_something", tmp_path, contract)

    return make


@pytest.fixture
def discovered(client: PoliteClient, publisher: PublisherServer, make_source: Callable[..., Source]) -> Discovered:
    """Discover by a kind and its parameters, at the publisher on this machine."""

    def discover(kind: str, **parameters: Any) -> list[Offer]:
        here = {"base": publisher.base} if "base" in KINDS[kind].parameters else {}
        source = make_source(kind, **{**here, **parameters})
        return KINDS[kind].discover(client, source, source.contract.discovery.parameters)

    return discover


@pytest.fixture
def fetched(client: PoliteClient) -> Iterator[Fetched]:
    """Fetch an offer as the live edition does: by its own kind, or as it is."""
    origin = LiveOrigin(client)

    def fetch(offer: Offer) -> bytes:
        delivery = origin.fetch(offer, Validators())
        assert delivery.path is not None
        raw = delivery.path.read_bytes()
        assert delivery.sha256 == hashlib.sha256(raw).hexdigest()
        delivery.path.unlink()
        return raw

    yield fetch
    origin.close()


@pytest.fixture
def recorded(shared: Path) -> Recorded:
    """Read a recorded answer."""
    folder = shared / "live" / "examples"

    def read(name: str) -> Any:
        text = (folder / name).read_text(encoding="utf-8-sig")
        return json.loads(text) if name.endswith(".json") else list(csv.DictReader(text.splitlines()))

    return read
