import io
import json

import pytest

from sessionm_braze._cli import main
from sessionm_braze._cli.files import CommandError
from sessionm_braze._cli.rehearse import rehearse
from sessionm_braze.testing import Sandbox


CUSTOMER = {"user_id": "u-1", "external_id": "x-1", "profile": {"first_name": "Noa"}}


@pytest.fixture
def play(tmp_path):
    """Return a function that plays a scenario and returns the story."""

    def run(scenario):
        file = tmp_path / "scenario.json"
        text = scenario if isinstance(scenario, str) else json.dumps(scenario)
        file.write_text(text, "utf-8")
        out = io.StringIO()
        rehearse(file, out)
        return out.getvalue()

    return run


class TestBuiltIn:
    @pytest.fixture(scope="class")
    @classmethod
    def story(cls):
        """Play the built-in scenario once."""
        out = io.StringIO()
        rehearse(None, out)
        return out.getvalue()

    def test_tags_the_customer_for_thirty_days(self, story):
        """The tag goes out with the partner page's ttl, and the customer has it."""
        assert '{"tags": ["braze_spring_segment"], "ttl": 2592000}' in story
        assert "expires in 2,592,000 seconds (30 days)" in story

    def test_reads_the_wallet_in_a_message(self, story):
        """The Connected Content block of the page's construction prints the points."""
        assert "│ Ana, you have 100 points and 1 offer waiting: Free coffee. │" in story

    def test_sends_a_campaign_and_a_canvas(self, story):
        """One message goes out as trigger_properties, the other as context."""
        assert '"trigger_properties": {"offer_id":' in story
        assert '"context": {"point_award_amount": 50' in story
        assert 2 == story.count("Braze: accepted, dispatch ")

    def test_shows_what_each_recipient_gets(self, story):
        """The messages are there as their readers see them."""
        assert "Ana, Free coffee is in your wallet (offer 0ffe1200-" in story
        assert "Rui, 50 bonus points are yours." in story

    def test_masks_every_secret(self, story):
        """No key, secret or authorization string of the sandbox is shown."""
        credentials = Sandbox().credentials
        secrets = [
            credentials.braze_api_key,
            credentials.core_api_key,
            credentials.core_api_secret,
            credentials.connect_authorization.removeprefix("Basic "),
            credentials.core_authorization.removeprefix("Basic "),
        ]

        assert [] == [secret for secret in secrets if secret in story]
        assert "/priv/v1/apps/***/users/" in story
        assert "Authorization: Basic ***" in story
        assert "Authorization: Bearer ***" in story

    def test_runs_alike_each_time(self, story):
        """Two runs tell the same story, identifiers included."""
        out = io.StringIO()
        rehearse(None, out)

        assert story == out.getvalue()

    def test_is_the_default_command(self, capsys, story):
        """The command line plays it and exits with 0."""
        assert 0 == main(["rehearse"])
        assert story == capsys.readouterr().out


class TestOwnScenario:
    def test_an_empty_one_is_short(self, play):
        """Everything in a scenario is optional."""
        assert play({}).startswith("A scenario of your own, rehearsed offline\n")

    def test_tags_without_ttl_count(self, play):
        """A customer without a ttl gets counter tags."""
        story = play({"customers": [{**CUSTOMER, "tags": ["app_open"]}]})

        assert "Noa now has the tag app_open: counted once" in story

    def test_templates_may_stand_in_files(self, play, tmp_path):
        """A template file is looked up beside the scenario."""
        (tmp_path / "hello.liquid").write_text("Hi {{${first_name}}}", "utf-8")
        previews = [{"customer": "x-1", "template_file": "hello.liquid"}]

        assert "│ Hi Noa │" in play({"customers": [CUSTOMER], "previews": previews})

    def test_a_preview_sees_what_a_campaign_sees(self, play):
        """Profile fields mean the same in both; Braze knows only some of them."""
        profile = {"email": "n@example.org", "locale": "pt-BR", "nickname": "N"}
        names = ("email_address", "language", "nickname", "random_bucket_number")
        template = " ".join(f"{{{{${{{name}}}}}}}" for name in names)
        story = play(
            {
                "customers": [{"user_id": "u-1", "profile": profile}],
                "campaigns": [{"id": "c", "template": template}],
                "messages": [{"campaign_id": "c", "external_user_id": "u-1"}],
                "previews": [{"customer": "u-1", "template": template}],
            }
        )
        previewed, sent = (line for line in story.splitlines() if "│" in line)

        assert "n@example.org pt  " in sent
        assert previewed == sent

    def test_an_aborted_message_is_told(self, play):
        """A template that stops the message shows why."""
        template = "{% abort_message('no stock') %}"
        story = play(
            {
                "customers": [CUSTOMER],
                "campaigns": [{"id": "c", "template": template}],
                "messages": [{"campaign_id": "c", "external_user_id": "u-1"}],
                "previews": [{"customer": "u-1", "template": template}],
            }
        )

        assert 2 == story.count("aborted: no stock")

    def test_a_broadcast_reaches_everybody(self, play):
        """A message with the broadcast flag goes to the whole segment."""
        story = play(
            {
                "customers": [CUSTOMER, {"user_id": "u-2"}],
                "campaigns": [{"id": "c", "template": "Hi all"}],
                "messages": [{"campaign_id": "c", "broadcast": True}],
            }
        )

        assert 2 == story.count("│ Hi all │")

    def test_an_unknown_recipient_gets_nothing(self, play):
        """Braze skips whom it does not know, and the story says so."""
        story = play(
            {
                "campaigns": [{"id": "c", "template": "Hi"}],
                "messages": [{"campaign_id": "c", "external_user_id": "nobody"}],
            }
        )

        assert "nobody: no recipient is known to Braze" in story


CAMPAIGN = {"id": "c", "template": "Hi"}
BROKEN = {
    "{": "line 1, column 2",
    "[]": "expected an object, got list @ $",
    '{"surprise": 1}': "unknown fields surprise @ $",
    '{"customers": [{"user_id": "u"}, {}]}': (
        "required field missing @ $.customers[1].user_id"
    ),
    '{"customers": [{"user_id": "u", "points": "many"}]}': (
        "expected a number, got str @ $.customers[0].points"
    ),
    '{"customers": [{"user_id": "u"}, {"user_id": "u"}]}': "@ $.customers[1]",
    '{"customers": [{"user_id": "u", "tags": ["a"], "ttl": 0}]}': (
        "ttl must be 1 or more, got 0 @ $.customers[0].tags"
    ),
    '{"offers": [{"customer": "u", "name": "x"}]}': "@ $.offers[0]",
    '{"campaigns": [{"id": "c"}]}': (
        "exactly one of template and template_file is needed @ $.campaigns[0]"
    ),
    '{"campaigns": [{"id": "c", "template_file": "no.liquid"}]}': (
        "no.liquid: No such file or directory @ $.campaigns[0].template_file"
    ),
    '{"canvases": [{"id": "c", "template": "{% if x %}"}]}': "@ $.canvases[0]",
    '{"campaigns": [{"id": "c", "template": "a"}, {"id": "c", "template": "b"}]}': (
        "@ $.campaigns[1]"
    ),
    '{"messages": [{"campaign_id": "c", "canvas_id": "d"}]}': (
        "exactly one of campaign_id, canvas_id must be given"
    ),
    '{"messages": [{"campaign_id": "c", "external_user_id": "u"}]}': "@ $.messages[0]",
    '{"previews": [{"customer": "u", "template": "x"}]}': (
        "there is no customer 'u' @ $.previews[0]"
    ),
}


CALLS_OUT = {"template": "{% connected_content https://example.com/x %}"}


class TestBrokenScenario:
    @pytest.mark.parametrize(
        "parts",
        [
            {"previews": [{"customer": "u-1", **CALLS_OUT}]},
            {
                "campaigns": [{"id": "c", **CALLS_OUT}],
                "messages": [{"campaign_id": "c", "external_user_id": "u-1"}],
            },
        ],
    )
    def test_a_call_to_another_host_is_told(self, play, parts):
        """Nothing answers for hosts beyond the sandbox; the template says so."""
        with pytest.raises(CommandError, match=r"https://example\.com, .* @ \$\."):
            play({"customers": [CUSTOMER], **parts})

    @pytest.mark.parametrize("text", BROKEN)
    def test_names_the_place(self, play, text):
        """A mistake is told with where it stands."""
        with pytest.raises(CommandError) as info:
            play(text)

        assert BROKEN[text] in str(info.value)

    @pytest.mark.parametrize("text", BROKEN)
    def test_is_one_line_and_exit_code_two(self, tmp_path, capsys, text):
        """On the command line it is one line on standard error, no traceback."""
        file = tmp_path / "mine.json"
        file.write_text(text, "utf-8")

        code = main(["rehearse", str(file)])

        error = capsys.readouterr().err
        assert 2 == code
        assert error.startswith("sessionm_braze rehearse: ")
        assert 1 == error.count("\n")

    def test_a_missing_file_is_named(self, tmp_path, capsys):
        """A scenario that is not there is a line, not a traceback."""
        assert 2 == main(["rehearse", str(tmp_path / "none.json")])
        assert "none.json: No such file or directory" in capsys.readouterr().err


class TestWrongUse:
    @pytest.mark.parametrize("arguments", [[], ["nonsense"], ["rehearse", "a", "b"]])
    def test_is_one_line_and_exit_code_two(self, capsys, arguments):
        """Wrong use ends with one line and code 2."""
        with pytest.raises(SystemExit) as info:
            main(arguments)

        assert 2 == info.value.code
        assert 1 == capsys.readouterr().err.count("\n")

    def test_help_explains_the_commands(self, capsys):
        """Whoever asks for help gets it, with code 0."""
        with pytest.raises(SystemExit) as info:
            main(["--help"])

        assert 0 == info.value.code
        assert "rehearse" in capsys.readouterr().out
