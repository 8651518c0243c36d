"""The publishers themselves, over the network, each through its own interface."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sources import clock
from sources.catalogue import Source
from sources.errors import FetchError, SourceError
from sources.origins import Delivery, Offer, Validators
from sources.origins.discovery import KINDS, Kind
from sources.origins.http import KEPT, Answer, PoliteClient

_HOLD = timedelta(hours=6)


@dataclass(frozen=True)
class _Held:
    """An answer that was delivered, and a second name for its file that stays when the archive takes the first."""

    answer: Answer
    path: Path


class LiveOrigin:
    """Asks each publisher what there is, as the source's contract says how, and fetches it with one client.

    Several sources may be read from one large file (a police archive): it is fetched once for all of them. Make
    one for each refresh, and close it after.
    """

    name = "live"

    def __init__(self, client: PoliteClient, *, kinds: Mapping[str, Kind] = KINDS) -> None:
        self._client, self._kinds = client, kinds
        self._held: dict[str, _Held] = {}

    def close(self) -> None:
        """Let go of the files that were held for other sources, and of the client's connections."""
        for held in self._held.values():
            held.path.unlink(missing_ok=True)
        self._held.clear()
        self._client.close()

    def offers(self, source: Source) -> list[Offer]:
        """What the publisher has for this source now.

        Raises FetchError where it cannot be learnt, and for a kind of discovery that there is none of.
        """
        how = source.contract.discovery
        kind = self._kinds.get(how.kind)
        if kind is None:
            raise FetchError(
                f"[{source.id}]: there is no discovery of the kind [{how.kind}]; known are "
                f"{', '.join(sorted(self._kinds))}; {KEPT}. Correct the source's contract, or save the files by hand "
                "and use the folder edition"
            )
        try:
            return kind.discover(self._client, source, how.parameters)
        except SourceError:
            raise
        except Exception as error:  # an answer of a shape that nobody has seen must not stop the other sources
            raise _unforeseen(source.contract.landing_page, error) from error

    def fetch(self, offer: Offer, known: Validators) -> Delivery:
        """One file, in a temporary that the archive may take; no path where the publisher says it is unchanged.

        Raises FetchError.
        """
        answer = self._from_held(offer, known)
        if answer is None:
            try:
                answer = self._fetch(offer, known)
            except SourceError:
                raise
            except Exception as error:  # as above
                raise _unforeseen(offer.address, error) from error
            self._hold(offer, answer)
        return Delivery(
            offer,
            answer.path,
            answer.requested_at,
            answer.received_at,
            is_ours=True,
            http_status=answer.http_status,
            validators=answer.validators,
            sha256=answer.sha256,
        )

    def _fetch(self, offer: Offer, known: Validators) -> Answer:
        for kind in self._kinds.values():
            if kind.fetch is not None and kind.scheme and offer.address.startswith(kind.scheme):
                return kind.fetch(self._client, offer, known)
        return self._client.download(offer.address, name=offer.name, known=known, md5=offer.md5)

    def _hold(self, offer: Offer, answer: Answer) -> None:
        if answer.path is None:
            return
        second = answer.path.with_name(f"{answer.path.name}-held")
        try:
            os.link(answer.path, second)
        except OSError:
            # A file system without hard links: each source then fetches the file for itself.
            return
        self._held[offer.address] = _Held(answer, second)

    def _from_held(self, offer: Offer, known: Validators) -> Answer | None:
        """What another source was sent a short while ago, under a name of its own."""
        held = self._held.get(offer.address)
        if held is None or clock.now() - held.answer.received_at > _HOLD or not held.path.exists():
            return None
        is_known = known != Validators() and known == held.answer.validators
        path = None
        if not is_known:
            path = self._client.temporary()
            path.unlink()
            os.link(held.path, path)
        earlier = held.answer
        return Answer(
            earlier.address,
            earlier.http_status,
            path,
            earlier.validators,
            earlier.requested_at,
            earlier.received_at,
            earlier.size_bytes,
            earlier.sha256,
        )


def _unforeseen(address: str, error: Exception) -> FetchError:
    return FetchError(
        f"[{address}]: an answer that this program does not understand ({type(error).__name__}: {error}); {KEPT}. "
        "The publisher's interface may have changed: compare it with the module in sources/origins/discovery"
    )
