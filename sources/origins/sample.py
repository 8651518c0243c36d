"""The bundled edition: files in each publisher's real layout, written by each source's ``sample.py``.

Every value in them is synthetic; area codes and names are real. The same seed and scale give the same bytes.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from sources import clock
from sources.catalogue import Source
from sources.home import Home
from sources.origins import Delivery, Offer, Validators

SEED = 20170111


class SampleOrigin:
    """Writes each source's sample files once for a seed and scale, and offers them from then on."""

    name = "sample"

    def __init__(self, home: Home, *, seed: int = SEED, scale: float = 1.0) -> None:
        self.home, self.seed, self.scale = home, seed, scale

    def _folder(self, source: Source) -> Path:
        shared = [Path(__file__), *sorted((Path(__file__).parents[1] / "places").glob("*"))]
        code = b"".join(path.read_bytes() for path in [source.folder / "sample.py", *shared] if path.is_file())
        key = hashlib.sha256(code).hexdigest()[:12]
        return self.home.base / "sample_files" / source.id / f"{key}-seed{self.seed}-scale{self.scale:g}"

    def offers(self, source: Source) -> list[Offer]:
        """The source's sample files, written first where they are not there yet."""
        folder = self._folder(source)
        if not folder.exists():
            shutil.rmtree(folder.parent, ignore_errors=True)
            partial = folder.with_name(folder.name + ".partial")
            partial.mkdir(parents=True)
            source.sample.write(partial, seed=self.seed, scale=self.scale)
            partial.replace(folder)
        return [
            Offer(path.name, f"{source.id}/{path.relative_to(folder).as_posix()}")
            for path in sorted(p for p in folder.rglob("*") if p.is_file())
        ]

    def fetch(self, offer: Offer, known: Validators) -> Delivery:
        """The sample file where it was written."""
        source_id, _, relative = offer.address.partition("/")
        folder = next(p for p in (self.home.base / "sample_files" / source_id).iterdir() if p.is_dir())
        at = clock.now()
        return Delivery(offer, folder / relative, at, clock.now())
