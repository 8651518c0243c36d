"""Digests of incidents, to servers on this machine."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from pydantic import ValidationError
from rich.console import Console
from typer.testing import CliRunner

from orchestration import alerts, cli, sensors
from orchestration.schedules import nightly_refresh
from orchestration.settings import Settings
from sources import clock
from sources.home import Home
from tests.orchestration.alert_servers import Mail, Posts, certificate, mail_server, web_server
from tests.orchestration.published_meta import publish

EMAIL = {
    "alert_smtp_host": "127.0.0.1",
    "alert_email_from": "night@a.example",
    "alert_email_to": "a@b.example, c@d.example",
}


@pytest.fixture
def mail() -> Iterator[Mail]:
    with mail_server() as server:
        yield server


@pytest.fixture
def posts() -> Iterator[Posts]:
    with web_server() as server:
        yield server


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, "folder").make()


def settings(home: Home, **given: Any) -> Settings:
    return Settings(home=home.root, edition=home.edition, **given)


def incident(incident_id: str, closed_on: date | None = None, **others: object) -> dict[str, object]:
    said = "has closed" if closed_on else "is open"
    return {
        "incident_id": incident_id,
        "source_id": "s",
        "kind": "fetch_failed",
        "opened_on": date(2026, 6, 9),
        "closed_on": closed_on,
        "is_open": closed_on is None,
        "in_words": f"Incident {incident_id} {said}.",
        "what_to_do": f"Mend {incident_id}",
        **others,
    }


def night(settings: Settings, day: int, *failures: str, hour: int = 2) -> list[alerts.Told]:
    with clock.at(datetime(2026, 6, day, hour, tzinfo=UTC)):
        return alerts.tell(settings, failures)


def test_nothing_is_told_and_nothing_remembered_until_a_channel_is_set_up(home: Home) -> None:
    publish(home, incident=[incident("a")])
    assert alerts.tell(settings(home)) == []
    assert not (home.base / "alerts.json").exists()


def test_an_email_says_what_opened_and_what_to_do(home: Home, mail: Mail) -> None:
    publish(home, incident=[incident("a"), incident("b"), incident("past", date(2026, 6, 1))])
    (told,) = night(settings(home, **EMAIL, alert_smtp_port=mail.port, alert_smtp_security="none"), 10)
    assert told.is_sent
    (message,) = mail.messages
    assert message["Subject"] == "Rebalance (folder): 2 incidents opened"
    assert message["From"] == "night@a.example"
    assert mail.recipients == [["a@b.example", "c@d.example"]]
    text = message.get_content()
    assert "Incident a is open." in text
    assert "What to do: Mend b." in text
    # What had closed before anybody was told of it is not news.
    assert "past" not in text


def test_an_email_is_encrypted_and_signed_in_for(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    publish(home, incident=[incident("a")])
    with mail_server(trusted) as mail:
        chosen = settings(
            home, **EMAIL, alert_smtp_port=mail.port, alert_smtp_user="night", alert_smtp_password="open sesame"
        )
        (told,) = night(chosen, 10)
    assert (told.is_sent, told.problem) == (True, None)
    assert (mail.encrypted, mail.signed_in) == ([True], [":night:open sesame"])


def test_an_email_is_not_sent_unencrypted_when_the_server_cannot_encrypt(home: Home, mail: Mail) -> None:
    publish(home, incident=[incident("a")])
    (told,) = night(settings(home, **EMAIL, alert_smtp_port=mail.port), 10)
    assert not told.is_sent
    assert "STARTTLS" in str(told.problem)
    assert not mail.messages


def test_slack_gets_a_text_and_a_webhook_the_whole_as_json(home: Home, posts: Posts) -> None:
    publish(home, incident=[incident("a", in_words="Figures <of> A & B.")])
    chosen = settings(home, alert_slack_url=f"{posts.address}/slack", alert_webhook_url=f"{posts.address}/hook")
    assert [told.is_sent for told in night(chosen, 10)] == [True, True]
    (_, slack), (path, hook) = posts.bodies
    assert list(slack) == ["text"]
    assert "Figures &lt;of&gt; A &amp; B." in slack["text"]
    assert path == "/hook"
    assert (hook["edition"], hook["day"], hook["still_open"]) == ("folder", "2026-06-10", 0)
    assert hook["opened"][0]["in_words"] == "Figures <of> A & B."
    assert hook["opened"][0]["what_to_do"] == "Mend a"


def test_there_is_one_digest_a_night_however_many_refreshes(home: Home, posts: Posts) -> None:
    chosen = settings(home, alert_webhook_url=posts.address)
    publish(home, incident=[incident("a")])
    night(chosen, 10)
    publish(home, incident=[incident("a"), incident("b")])
    assert [told.is_sent for told in night(chosen, 10, hour=14)] == [False]
    assert [told.is_sent for told in night(chosen, 11)] == [True]
    assert [[i["incident_id"] for i in body["opened"]] for _, body in posts.bodies] == [["a"], ["b"]]
    assert posts.bodies[1][1]["subject"] == "Rebalance (folder): 1 incident opened, 1 still open"


def test_a_night_on_which_nothing_changed_is_silent(home: Home, posts: Posts) -> None:
    chosen = settings(home, alert_webhook_url=posts.address)
    publish(home, incident=[])
    assert [told.is_sent for told in night(chosen, 9)] == [False]
    publish(home, incident=[incident("a")])
    assert [told.is_sent for day in (10, 11, 12) for told in night(chosen, day)] == [True, False, False]
    assert len(posts.bodies) == 1


def test_what_closed_is_told_once_and_so_is_what_is_no_incident_any_more(home: Home, posts: Posts) -> None:
    chosen = settings(home, alert_webhook_url=posts.address)
    publish(home, incident=[incident("a"), incident("b"), incident("c")])
    night(chosen, 10)
    publish(home, incident=[incident("a", date(2026, 6, 11)), incident("c")])
    for day in (11, 12):
        night(chosen, day)
    assert len(posts.bodies) == 2
    digest = posts.bodies[1][1]
    assert digest["closed"] == ["Incident a has closed.", "Incident b is open. It is none any more."]
    assert (digest["opened"], digest["still_open"]) == ([], 1)


def test_a_refresh_that_fails_is_told_each_night_and_that_it_works_again_once(home: Home, posts: Posts) -> None:
    chosen = settings(home, alert_webhook_url=posts.address)
    night(chosen, 10, "dbt_build: it broke")
    night(chosen, 10, "dbt_build: it broke", hour=14)
    night(chosen, 11, "dbt_build: it broke")
    night(chosen, 12)
    night(chosen, 13)
    subjects = [body["subject"] for _, body in posts.bodies]
    assert subjects == [*["Rebalance (folder): the refresh FAILED"] * 2, "Rebalance (folder): the refresh works again"]
    assert "dbt_build: it broke" in posts.bodies[0][1]["text"]


def test_a_channel_that_cannot_be_told_is_told_the_next_night_and_stops_no_other(home: Home, posts: Posts) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = free.getsockname()[1]
    publish(home, incident=[incident("a")])
    down = settings(home, **EMAIL, alert_smtp_port=nobody, alert_slack_url=f"{posts.address}/secret")
    by_mail, by_slack = night(down, 10)
    assert (by_mail.is_sent, by_slack.is_sent) == (False, True)
    assert "refused" in str(by_mail.problem)
    with mail_server() as mail:
        up = settings(
            home,
            **EMAIL,
            alert_smtp_port=mail.port,
            alert_smtp_security="none",
            alert_slack_url=f"{posts.address}/secret",
        )
        assert [told.is_sent for told in night(up, 11)] == [True, False]
    assert "Incident a is open." in mail.messages[0].get_content()


def test_a_recipient_that_is_refused_and_an_answer_that_is_no_success_are_problems(home: Home, posts: Posts) -> None:
    publish(home, incident=[incident("a")])
    posts.status = 404
    with mail_server(refuses=True) as mail:
        chosen = settings(
            home,
            **EMAIL,
            alert_smtp_port=mail.port,
            alert_smtp_security="none",
            alert_webhook_url=f"{posts.address}/secret",
        )
        by_mail, by_hook = night(chosen, 10)
    assert "nobody of that name" in str(by_mail.problem)
    assert by_hook.problem == "ConnectionError: it answered with status 404"


def test_no_secret_is_in_a_problem_or_in_the_settings_words(home: Home) -> None:
    publish(home, incident=[incident("a")])
    chosen = settings(home, alert_slack_url="nonsense://T0/x7Kq", alert_webhook_url="https://x7Kq at all")
    problems = [told.problem for told in night(chosen, 10)]
    assert all(problems)
    assert "x7Kq" not in f"{problems} {chosen!r}"


def test_the_bundled_edition_says_that_it_is_made_up(tmp_path: Path, posts: Posts) -> None:
    home = Home(tmp_path, "sample").make()
    publish(home, incident=[incident("a")])
    night(settings(home, alert_webhook_url=posts.address), 10)
    assert "made up" in posts.bodies[0][1]["text"]


def test_a_long_list_is_cut_and_says_so(home: Home, posts: Posts) -> None:
    publish(home, incident=[incident(f"n{number:02d}") for number in range(25)])
    night(settings(home, alert_webhook_url=posts.address), 10)
    _, digest = posts.bodies[0]
    assert "… and 5 more" in digest["text"]
    assert len(digest["opened"]) == 25


def test_a_memory_that_is_broken_is_begun_anew(home: Home, posts: Posts) -> None:
    publish(home, incident=[incident("a")])
    (home.base / "alerts.json").write_text("{broken", encoding="utf-8")
    night(settings(home, alert_webhook_url=posts.address), 10)
    assert list(json.loads((home.base / "alerts.json").read_text(encoding="utf-8"))) == ["webhook"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"alert_smtp_host": "mail.example"}, "ALERT_EMAIL_FROM"),
        ({**EMAIL, "alert_smtp_user": "a", "alert_smtp_security": "none"}, "not sent unencrypted"),
    ],
)
def test_settings_that_could_not_send_are_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Settings(**given)


# Dagster


@pytest.fixture
def in_environment(home: Home, posts: Posts, monkeypatch: pytest.MonkeyPatch) -> Posts:
    monkeypatch.setenv("REBALANCE_HOME", str(home.root))
    monkeypatch.setenv("REBALANCE_EDITION", home.edition)
    monkeypatch.setenv("REBALANCE_ALERT_WEBHOOK_URL", posts.address)
    publish(home, incident=[incident("a")])
    return posts


def _run(
    instance: dg.DagsterInstance, *, fails: bool = False, tags: dict[str, str] | None = None
) -> dg.ExecuteInProcessResult:
    @dg.op
    def step() -> None:
        if fails:
            raise ValueError("the disk is full")

    @dg.job(name=nightly_refresh.name)
    def job() -> None:
        step()

    return job.execute_in_process(instance=instance, raise_on_error=False, tags=tags)


def _context(instance: dg.DagsterInstance, ran: dg.ExecuteInProcessResult) -> dg.RunStatusSensorContext:
    kind = "PIPELINE_SUCCESS" if ran.success else "PIPELINE_FAILURE"
    (event,) = [event for event in ran.all_events if event.event_type_value == kind]
    return dg.build_run_status_sensor_context("sensor", event, instance, ran.dagster_run)


def test_a_refresh_of_dagsters_own_is_followed_by_a_digest(in_environment: Posts) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        sensors.digest_of_the_night(_context(instance, _run(instance)))
    assert [body["subject"] for _, body in in_environment.bodies] == ["Rebalance (folder): 1 incident opened"]


def test_a_refresh_that_failed_in_dagster_is_told_with_its_reason(in_environment: Posts) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        ran = _run(instance, fails=True)
        sensors.digest_of_a_failure(_context(instance, ran).for_run_failure())
    (_, digest), *_ = in_environment.bodies
    assert "FAILED" in digest["subject"]
    assert digest["failures"] == ["step: the disk is full"]


def test_dagster_does_not_tell_of_what_the_command_line_tells(in_environment: Posts) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        ran = _run(instance, tags={sensors.TOLD: "by the command line"})
        skipped = sensors.digest_of_the_night(_context(instance, ran))
    assert isinstance(skipped, dg.SkipReason)
    assert not in_environment.bodies


# The command


@pytest.fixture
def invoke(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setattr(cli, "out", Console(width=200))
    return CliRunner(env={"TERM": "dumb"})


def test_the_command_shows_what_would_be_told_and_sends_a_test_when_told_to(
    in_environment: Posts, invoke: CliRunner, home: Home
) -> None:
    shown = invoke.invoke(cli.app, ["alert"])
    assert (shown.exit_code, in_environment.bodies) == (0, [])
    assert "Incident a is open." in shown.output
    sent = invoke.invoke(cli.app, ["alert", "--test"])
    assert (sent.exit_code, "webhook was told" in sent.output) == (0, True)
    assert in_environment.bodies[0][1]["subject"] == "Rebalance (folder): a test, 1 incident opened"
    # The night's own digest is still to come.
    assert [told.is_sent for told in alerts.tell(Settings())] == [True]
    in_environment.status = 500
    assert invoke.invoke(cli.app, ["alert", "--test"]).exit_code == 1


def test_the_command_says_how_to_set_a_channel_up(invoke: CliRunner) -> None:
    said = invoke.invoke(cli.app, ["alert"])
    assert said.exit_code == 2
    assert "REBALANCE_ALERT_SMTP_HOST" in said.output
