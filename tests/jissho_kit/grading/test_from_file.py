"""Answers given with forms: what 回答.json holds reaches the judge for every kind of item, right, wrong and blank."""

from __future__ import annotations

import json

import pytest
import yaml

from jissho.teach import answer, store
from jissho.teach.forms import KINDS
from jissho_kit import truths
from jissho_kit.grading.build import build_notebook
from jissho_kit.grading.items import Item
from jissho_kit.grading.judge import judge
from jissho_kit.grading.keys import make_key
from jissho_kit.grading.proof import answers

from . import plans
from .conftest import toy, write_content


@pytest.fixture(scope="module")
def by_kind(toy_items):
    """One item and its key of every kind that a form can answer."""
    truths.RESULTS["toy_plan"] = plans.results
    data = truths.draw_tables(3)
    items = [*toy_items, Item.model_validate(yaml.safe_load(plans.ITEM)[0])]
    made = {item.kind: (item, make_key(item, data, seed=1)) for item in items if item.kind != "function"}
    del truths.RESULTS["toy_plan"]
    return made


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JISSHO_PROBE", raising=False)
    return tmp_path


def test_a_form_answers_every_kind_but_functions(by_kind):
    assert set(by_kind) == set(KINDS)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "text"])
def test_what_is_stored_is_judged_as_promised(by_kind, kind):
    item, key = by_kind[kind]
    for name, given, known in answers(item, key):
        store.save("answers", item.id, given)
        verdict = judge(key, json.loads(json.dumps(answer(item.id).bundle)))
        if known is None:
            assert (verdict.state, verdict.points) == ("right", key.points), name
        elif not known.includes:
            assert (verdict.points, verdict.because) == (known.points, known.because), name


@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_is_told_from_no_file(by_kind, kind):
    item, key = by_kind[kind]
    assert judge(key, answer(item.id).bundle).because == "no-file"
    store.save("answers", "G-A-1.z", "ほかの問い")
    assert judge(key, answer(item.id).bundle).state == "blank"


def test_prose_from_a_form_waits_for_the_instructor(by_kind):
    item, key = by_kind["text"]
    store.save("answers", item.id, "根拠は、見逃しの数です。")
    verdict = judge(key, answer(item.id).bundle)
    assert (verdict.state, verdict.answer) == ("manual", "根拠は、見逃しの数です。")


@pytest.mark.parametrize("how", ["form=true", 'answer="計画"'])
def test_a_plans_cell_shows_its_fields_and_nothing_that_is_required(tmp_path, by_kind, how):
    stub = "" if how == "form=true" else "計画 = None\n### BEGIN SOLUTION\n### END SOLUTION\n"
    root = write_content(tmp_path / "content", plans.ITEM, f'# %% item="G-A-1.p" {how}\n{stub}')
    item, _ = by_kind["plan"]
    notebook, manifest = build_notebook(toy.ASSIGNMENT, [item], {}, {}, root)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert all(field.name in text for field in item.form.fields) and "全部良品" in text
    assert not any(word in text for word in ["words", "min", "above", "見逃し", "不良率", "標本数の根拠"])
    assert manifest.cell("G-A-1_p").points == 8
