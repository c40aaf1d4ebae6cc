from __future__ import annotations

import pytest

from sessionm_braze import PayloadError, Recipient
from sessionm_braze.models import dump, load


class TestLoad:
    def test_rules_of_a_model_hold(self):
        """What a caller may not make, a body may not hold."""
        with pytest.raises(PayloadError, match="exactly one of external_user_id"):
            load(Recipient, {})

    def test_misspelt_fields_are_named(self):
        """A field no caller's model has is a mistake."""
        with pytest.raises(PayloadError, match=r"unknown fields external_id @ \$"):
            load(Recipient, {"external_id": "ana"})


class TestDump:
    @pytest.mark.parametrize("wrong", [None, {}, "text", 3])
    def test_takes_models_only(self, wrong):
        """What is no model cannot be written."""
        with pytest.raises(TypeError, match=r"dump\(\) takes a model, got"):
            dump(wrong)
