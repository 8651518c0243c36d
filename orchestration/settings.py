"""Every setting, read from the environment (``REBALANCE_…``) or a ``.env`` file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator
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

    alert_smtp_host: str | None = Field(default=None, description="Alerts by e-mail: the mail server; off without one")
    alert_smtp_port: int = Field(default=587, description="Alerts by e-mail: its port")
    alert_smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="Alerts by e-mail: how the connection is encrypted"
    )
    alert_smtp_user: str | None = Field(default=None, description="Alerts by e-mail: who signs in, if anybody has to")
    alert_smtp_password: SecretStr | None = Field(default=None, description="Alerts by e-mail: their password")
    alert_email_from: str | None = Field(default=None, description="Alerts by e-mail: the sender's address")
    alert_email_to: str | None = Field(default=None, description="Alerts by e-mail: addresses, with commas between")
    alert_slack_url: SecretStr | None = Field(default=None, description="Alerts to Slack: an incoming webhook")
    alert_webhook_url: SecretStr | None = Field(default=None, description="Alerts as JSON: an address to POST to")

    @model_validator(mode="after")
    def _alerts_can_be_sent(self) -> Settings:
        if self.alert_smtp_host and not (self.alert_email_from and self.alert_email_to):
            raise ValueError("alerts by e-mail need REBALANCE_ALERT_EMAIL_FROM and REBALANCE_ALERT_EMAIL_TO")
        if self.alert_smtp_user and self.alert_smtp_security == "none":
            raise ValueError("a password is not sent unencrypted: REBALANCE_ALERT_SMTP_SECURITY is none")
        return self

    @property
    def state(self) -> Home:
        """The folders of the chosen edition."""
        return Home(self.home.expanduser().resolve(), self.edition)

    @property
    def dagster_home(self) -> Path:
        """Where Dagster keeps its runs, shared by the editions."""
        return self.home.expanduser().resolve() / "dagster"
