"""Every setting, read from the environment (``REBALANCE_…``) or a ``.env`` file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from sources.home import Home


class Settings(BaseSettings):
    """What can be set from outside; the README has the same list as a table."""

    model_config = SettingsConfigDict(env_prefix="REBALANCE_", env_file=".env", extra="ignore")

    home: Path = Field(default=Path("data"), description="The folder that holds all state")
    edition: Literal["sample", "folder", "live"] = Field(default="sample", description="Where the bytes come from")
    from_folder: Path | None = Field(default=None, description="For the folder edition: the folder of files")
    sample_scale: float = Field(default=1.0, gt=0, le=100, description="How much data the bundled edition makes")
    sample_seed: int = Field(
        default=20170111, description="The bundled edition's seed; the same seed gives the same bytes"
    )
    keep_copies: int = Field(default=14, ge=1, description="How many dated copies of the published file are kept")
    organisation: str = Field(
        default="organisation-not-set", description="Live edition: who asks, for publishers' logs"
    )
    contact: str = Field(default="contact-not-set@example.invalid", description="Live edition: a role's e-mail address")
    page: str = Field(default="https://example.invalid/rebalance", description="Live edition: a page about the asker")

    @property
    def state(self) -> Home:
        """The folders of the chosen edition."""
        return Home(self.home.expanduser().resolve(), self.edition)

    @property
    def dagster_home(self) -> Path:
        """Where Dagster keeps its runs, shared by the editions."""
        return self.home.expanduser().resolve() / "dagster"
