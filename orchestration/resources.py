"""What one run of the refresh carries: the settings, the catalogue, the origin, and somebody to tell about progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from threading import Thread
from typing import Any, Protocol

import dagster as dg
from filelock import FileLock, Timeout

from expectations import run as suites
from expectations.results import CheckResult
from orchestration.settings import Settings
from sources import catalogue as catalogues
from sources.catalogue import Catalogue
from sources.home import Home
from sources.intake import Intake
from sources.landing import Landing
from sources.origins import Origin


class Reporter(Protocol):
    """Somebody to tell: the command line shows it, a run in the UI has Dagster's own log."""

    def stage(self, name: str) -> None:
        """A stage of the refresh begins."""
        ...

    def step(self, text: str) -> None:
        """Something within the stage."""
        ...


class Silent:
    """Tells nobody."""

    def stage(self, name: str) -> None: ...

    def step(self, text: str) -> None: ...


@dataclass
class Outcome:
    """What came of a refresh, filled in as it goes; the command line's summary is made of it."""

    intakes: dict[str, Intake] = field(default_factory=dict)
    unrecognised: int = 0
    is_unchanged: bool = False
    checks: list[Any] = field(default_factory=list)
    published: dict[str, Any] | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)


def make_origin(settings: Settings, catalogue: Catalogue, home: Home) -> Origin:
    """The origin of the chosen edition; raises FetchError where a folder is needed and there is none."""
    from sources.errors import FetchError
    from sources.origins.folder import FolderOrigin
    from sources.origins.sample import SampleOrigin

    if settings.edition == "sample":
        return SampleOrigin(home, seed=settings.sample_seed, scale=settings.sample_scale)
    if settings.edition == "folder":
        if settings.from_folder is None:
            raise FetchError("the folder edition needs a folder: --from FOLDER, or REBALANCE_FROM_FOLDER")
        return FolderOrigin(settings.from_folder, catalogue, home)
    from sources.origins.http import PoliteClient
    from sources.origins.live import LiveOrigin

    return LiveOrigin(
        PoliteClient(home.work, organisation=settings.organisation, contact=settings.contact, page=settings.page)
    )


class Refresh:
    """One run: made once and shared by its steps; ``open`` holds the edition's lock, so that two never write at once.

    ``force`` says to build, check and publish although nothing new arrived.
    """

    def __init__(self, settings: Settings, reporter: Reporter | None = None, *, force: bool = False) -> None:
        self.settings, self.reporter, self.force = settings, reporter or Silent(), force
        self.home: Home = settings.state
        self.outcome = Outcome()
        self.catalogue: Catalogue = catalogues.load()
        self._ahead: list[Thread] = []
        self.landing_checks: Future[list[CheckResult]] | None = None
        """What the landing suites found, where they were begun beside the models."""

    @cached_property
    def origin(self) -> Origin:
        """Where this edition's bytes come from."""
        origin = make_origin(self.settings, self.catalogue, self.home)
        self.outcome.unrecognised = len(getattr(origin, "unrecognised", []))
        return origin

    def wait_for_preparations(self) -> None:
        """Return when what was begun ahead is done."""
        for thread in self._ahead:
            thread.join()

    def begin_landing_checks(self) -> None:
        """Check what has landed while dbt builds, which is another process: neither needs the other."""
        beside = ThreadPoolExecutor(1)
        self.landing_checks = beside.submit(suites.check_landing, self.home, self.catalogue)
        beside.shutdown(wait=False)

    @contextmanager
    def open(self, ahead: Sequence[Callable[[Home], None]] = ()) -> Iterator[Refresh]:
        """Holds the lock for the length of a run, and begins what can be prepared beside the landing of sources.

        Raises Failure where another run holds the lock.
        """
        home = self.home.make()
        lock = FileLock(home.base / "refresh.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise dg.Failure(f"another refresh of the {home.edition} edition is running in [{home.base}]") from None
        try:
            Landing(home).prepare(self.catalogue)
            self._ahead = [Thread(target=prepare, args=(home,), daemon=True) for prepare in ahead]
            for thread in self._ahead:
                thread.start()
            yield self
        finally:
            self.wait_for_preparations()
            if self.landing_checks:
                wait([self.landing_checks])
            if callable(close := getattr(self.__dict__.get("origin"), "close", None)):
                close()
            lock.release()


def refresh_resource(
    refresh: Refresh | None = None, ahead: Sequence[Callable[[Home], None]] = ()
) -> dg.ResourceDefinition:
    """The refresh as a Dagster resource: the one given, or one by the environment's settings."""

    @contextmanager
    def opened(_: dg.InitResourceContext) -> Iterator[Refresh]:
        with (refresh or Refresh(Settings())).open(ahead) as running:
            yield running

    return dg.ResourceDefinition(resource_fn=opened, description="One run of the refresh")
