from __future__ import annotations

import pytest

from sessionm_braze import Customer, PayloadError, ResponseMeta
from sessionm_braze.clients._converter import read_answer


META = ResponseMeta(status_code=200, attempts=2)


class TestReadAnswer:
    def test_reads_a_part_of_the_body(self):
        """The model stands under a key, and gets the meta of its call."""
        body = {"user": {"id": "u"}}
        customer = read_answer(Customer, body, meta=META, what="Core x", within="user")

        assert ("u", META) == (customer.id, customer.meta)

    def test_reads_the_whole_body(self):
        """Without a key the body is the model."""
        assert "u" == read_answer(Customer, {"id": "u"}, meta=META, what="x").id

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            ({}, "required field missing @ $.user"),
            ({"user": 3}, "expected an object, got int @ $.user"),
        ],
    )
    def test_names_the_call_and_the_fault(self, body, problem):
        """The error has the call, the fault with its path, and the meta."""
        with pytest.raises(PayloadError) as info:
            read_answer(Customer, body, meta=META, what="Core x", within="user")

        assert f"Core x has the wrong shape: {problem}" == str(info.value)
        assert ((problem,), META) == (info.value.problems, info.value.meta)
