from __future__ import annotations

import copy
import pickle

import pytest

from sessionm_braze import exceptions
from sessionm_braze.exceptions import (
    ConnectedContentError,
    RateLimitError,
    RequestTimeoutError,
    ResponseMeta,
    SessionMBrazeError,
    TemplateError,
    TemplateSyntaxError,
)


ERRORS = [
    value
    for value in vars(exceptions).values()
    if isinstance(value, type)
    and issubclass(value, Exception)
    and not issubclass(value, Warning)
]


class TestTree:
    def test_is_that_of_the_contract(self):
        """Every error has the parent callers rely on."""
        assert {
            "TransportError": "SessionMBrazeError",
            "ConnectError": "TransportError",
            "RequestTimeoutError": "TransportError",
            "OutcomeUnknownError": "SessionMBrazeError",
            "ResponseError": "SessionMBrazeError",
            "AuthenticationError": "ResponseError",
            "NotFoundError": "ResponseError",
            "RequestRejectedError": "ResponseError",
            "RateLimitError": "ResponseError",
            "ServerError": "ResponseError",
            "PayloadError": "SessionMBrazeError",
            "TemplateError": "SessionMBrazeError",
            "TemplateSyntaxError": "TemplateError",
            "ConnectedContentError": "TemplateError",
            "LedgerError": "SessionMBrazeError",
        } == {
            error.__name__: error.__bases__[0].__name__
            for error in ERRORS
            if error is not SessionMBrazeError
        }

    def test_a_timeout_is_pythons_too(self):
        """``except TimeoutError`` catches a request timeout."""
        assert issubclass(RequestTimeoutError, TimeoutError)

    def test_all_is_true(self):
        """Every error is named in ``__all__``."""
        assert {error.__name__ for error in ERRORS} <= set(exceptions.__all__)


@pytest.mark.parametrize("error", ERRORS)
class TestEveryError:
    def test_is_made_from_a_text(self, error):
        """An error needs no more than its text, as in tests of an app."""
        assert "what happened" == str(error("what happened"))
        assert "" == str(error())

    def test_can_be_pickled_and_copied(self, error):
        """An error keeps all it knows on its way from a worker."""
        made = error("what happened")
        made.note = {"a": 1}
        for again in (pickle.loads(pickle.dumps(made)), copy.copy(made)):
            assert (error, made.args, vars(made)) == (
                type(again),
                again.args,
                vars(again),
            )


class TestAttributes:
    def test_have_defaults(self):
        """Attributes can be asked for whatever the error was made with."""
        error = RateLimitError("slow down")

        assert (None, None, None, (), None) == (
            error.retry_after,
            error.status_code,
            error.code,
            error.errors,
            error.meta,
        )

    def test_survive_a_pickle(self):
        """Attributes come back, the nested ones too."""
        error = RateLimitError(
            "slow down",
            retry_after=7,
            status_code=429,
            errors=[{"a": 1}],
            meta=ResponseMeta(attempts=3, request_id="r"),
        )

        again = pickle.loads(pickle.dumps(error))

        assert vars(error) == vars(again)
        assert ({"a": 1},) == again.errors


class TestTemplateError:
    @pytest.mark.parametrize(
        ("fields", "text"),
        [
            ({}, "bad tag"),
            ({"line": 3}, "bad tag (line 3)"),
            ({"line": 3, "column": 5}, "bad tag (line 3, column 5)"),
            (
                {"line": 3, "column": 5, "source_line": "{{ x | y }}"},
                "bad tag (line 3, column 5)\n  {{ x | y }}\n      ^",
            ),
        ],
    )
    @pytest.mark.parametrize(
        "error", [TemplateError, TemplateSyntaxError, ConnectedContentError]
    )
    def test_points_at_the_place(self, error, fields, text):
        """The text shows line, column and the line itself."""
        assert text == str(error("bad tag", **fields))

    @pytest.mark.parametrize("column", [1, 150, 5_000, 9_990])
    def test_shows_a_part_of_a_long_line(self, column):
        """Of a line too long to read, what stands around the place is shown."""
        line = "a" * (column - 1) + "X" + "b" * (10_000 - column)
        error = TemplateError("bad", line=1, column=column, source_line=line)

        _, shown, pointer = str(error).split("\n")

        assert "X" == shown[pointer.index("^")]
        assert len(shown) < 210
        assert line == error.source_line
