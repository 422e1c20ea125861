"""Computed numbers in prose."""

import pandas as pd
import pytest

from jissho.errors import ContentError
from jissho_kit.lessons import fill
from jissho_kit.truths import RESULTS


@pytest.fixture(autouse=True)
def _results(monkeypatch):
    monkeypatch.setitem(
        RESULTS,
        "試し",
        lambda data, **params: {"rows": len(data["表"]), "loss": 1_234_567.0, "share": 0.995, "名": "寸法"},
    )


DATA = {"表": pd.DataFrame({"a": range(20_000)})}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{試し.rows|,}}個", "20,000個"),
        ("{{ 試し.share|.1%}}と{{試し.share|.2f}}", "99.5%と0.99"),
        ("{{試し.loss|円}}、{{試し.loss|万円}}", "1,234,567円、123万円"),
        ("{{試し.名}}が1位", "寸法が1位"),
        ("率は{{param.base|.1%}}", "率は0.2%"),
        ("{ふつうの括弧} は残る", "{ふつうの括弧} は残る"),
    ],
)
def test_formats(text, filled):
    assert fill(text, DATA, {"base": 0.002}) == filled


@pytest.mark.parametrize(
    ("text", "words"),
    [("{{試し.ない}}", "ない"), ("{{別.rows}}", "別.rows"), ("{{試し.名|.2%}}", "書式"), ("{{試し.share|万}}", "書式")],
)
def test_a_wrong_reference_is_an_error(text, words):
    with pytest.raises(ContentError, match=words):
        fill(text, DATA)


def test_a_missing_table_is_an_error():
    with pytest.raises(ContentError, match="データ '表'"):
        fill("{{試し.rows}}", {})
