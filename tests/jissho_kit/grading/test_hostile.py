"""Whatever JSON a participant's process hands over, the judge gives a verdict, soon, and never too many points."""

from __future__ import annotations

import contextlib
import json
import time

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jissho.bundle import DTYPES, ERRORS, decode, encode
from jissho.errors import AnswerError
from jissho_kit import truths
from jissho_kit.grading.items import Item
from jissho_kit.grading.judge import Verdict, judge
from jissho_kit.grading.keys import make_key, run_on

from . import plans

SECONDS = 2.0  # of the judge's own work on one bundle
FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
TAGS = [
    "tuple",
    "set",
    "dict",
    "decimal",
    "datetime",
    "date",
    "timedelta",
    "array",
    "series",
    "frame",
    "index",
    "pickle",
]


@pytest.fixture(scope="module")
def keys(toy_items):
    truths.RESULTS["toy_plan"] = plans.results
    data = truths.draw_tables(3)
    item = Item.model_validate(yaml.safe_load(plans.ITEM)[0])
    made = [make_key(one, data, seed=1) for one in [*toy_items, item]]
    del truths.RESULTS["toy_plan"]
    return {key.id[-1]: key for key in made}


WORDS = st.sampled_from([
    "", "未回答", "ア", "い", "汚れ", "キズ", "期間", "外観", "AI", "1/0", "1e999", "９９．５％", "-0", "NaN", "inf", "1億万",
    "目的指標", "無作為抜取率: 0", "a: &a [*a]", "\ud800", "\x00", "𠮷" * 50, "9" * 300,
])  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | WORDS
    | st.integers(-(2**2000), 2**2000)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=6) | WORDS, inner, max_size=5),
    max_leaves=20,
)
COLUMN = st.fixed_dictionaries(
    {"dtype": st.sampled_from([*DTYPES, "range", "category", "O"]) | SCALARS, "v": st.lists(SCALARS, max_size=4) | JSON}
)
INDEX = COLUMN.flatmap(lambda column: st.fixed_dictionaries({"name": SCALARS}).map(lambda name: column | name))
TAGGED = st.deferred(
    lambda: st.one_of(
        st.fixed_dictionaries({"t": st.sampled_from(TAGS), "v": JSON | st.lists(TAGGED, max_size=3)}),
        st.fixed_dictionaries({"t": st.just("dict"), "v": st.lists(st.tuples(VALUES, VALUES).map(list), max_size=3)}),
        st.builds(lambda c, shape: {"t": "array", "shape": shape, **c}, COLUMN, st.lists(st.integers(-2, 9), max_size=3) | JSON),
        st.builds(lambda c, i, n: {"t": "series", "name": n, "index": i, **c}, COLUMN, INDEX, SCALARS),
        st.builds(
            lambda labels, i, data: {"t": "frame", "columns": labels, "index": i, "data": data},
            st.lists(VALUES, max_size=3) | JSON, INDEX, st.lists(COLUMN, max_size=3) | JSON,
        ),
        st.builds(lambda i: {"t": "index", **i}, INDEX),
        st.builds(lambda kind, more: {"error": kind, "type": more}, st.sampled_from([*ERRORS, "x"]) | SCALARS, SCALARS),
    )
)  # fmt: skip
VALUES = st.deferred(lambda: SCALARS | TAGGED | JSON | st.lists(TAGGED, max_size=3))


def bundles(key):
    """Anything, and what is almost a bundle of this item."""
    almost = st.fixed_dictionaries(
        {
            "v": st.sampled_from([1, 1, 1, True, 1.0, "1", None]),
            "item": st.sampled_from([key.id, key.id, key.id, "G-A-1.z"]) | SCALARS,
            "kind": st.sampled_from(["answer", "probe", "error"]) | SCALARS,
            "value": VALUES | st.lists(VALUES, min_size=2, max_size=2),
        }
    )
    return (
        JSON
        | almost
        | almost.map(lambda one: one | {"v": 1, "item": key.id, "kind": "probe" if key.inputs else "answer"})
    )


def judged(key, bundle):
    began = time.process_time()
    verdict = judge(key, bundle)
    assert time.process_time() - began < SECONDS
    assert isinstance(verdict, Verdict) and verdict.item == key.id
    assert 0 <= verdict.points <= key.points == verdict.max
    assert len(verdict.message) < 2000 and len(verdict.answer) <= 301
    return verdict


@pytest.mark.parametrize("letter", "abcdefghp")
def test_any_json_gets_a_verdict(keys, letter):
    key = keys[letter]

    @FEW
    @given(bundles(key))
    def fuzz(bundle):
        judged(key, bundle)

    fuzz()


@FEW
@given(VALUES)
def test_decoding_raises_one_kind_of_error_only(value):
    with contextlib.suppress(AnswerError):
        decode(value)


def of(key, value):
    return {"v": 1, "item": key.id, "kind": "probe" if key.inputs else "answer", "value": value}


@pytest.mark.parametrize("letter", "abcdefghp")
@pytest.mark.parametrize(
    "value", [True, False, float("nan"), float("inf"), -float("inf"), 10**400, {"t": "decimal", "v": "NaN"}]
)
def test_what_is_no_number_earns_nothing(keys, letter, value):
    assert judged(keys[letter], of(keys[letter], value)).points == 0
    assert judged(keys[letter], of(keys[letter], [value, value])).points == 0


def nested(depth, make):
    value = 1
    for _ in range(depth):
        value = make(value)
    return value


BIG = {
    "deep-lists": nested(50_000, lambda v: [v]),
    "deep-dicts": nested(50_000, lambda v: {"t": "dict", "v": [["a", v]]}),
    "long-list": [1] * 300_000,
    "long-words": ["ア"] * 150_000,
    "long-text": "あ" * 300_000,
    "long-digits": "9" * 900_000,
    "long-commas": "、" * 300_000,
    "long-slashes": "1/" * 400_000,
    "long-spaces": " " * 900_000,
    "wide-frame": {
        "t": "frame", "columns": list(range(20_000)), "index": {"dtype": "range", "v": [0, 1, 1], "name": None},
        "data": [{"dtype": "int64", "v": [1]}] * 20_000,
    },
    "many-frames": [
        {"t": "frame", "columns": [0], "index": {"dtype": "range", "v": [0, 1, 1], "name": None},
         "data": [{"dtype": "int64", "v": [1]}]}
    ] * 6_000,
    "many-times": [{"t": "datetime", "v": "2024-01-01T00:00:00"}] * 15_000,
    "many-decimals": [{"t": "decimal", "v": "1E+299"}] * 25_000,
    "long-range": {"t": "index", "dtype": "range", "v": [0, 10**12, 1], "name": None},
    "huge-shape": {"t": "array", "shape": [10**9, 10**9], "dtype": "int64", "v": []},
}  # fmt: skip


@pytest.mark.parametrize("name", BIG)
@pytest.mark.parametrize("letter", "acfgp")
def test_size_and_depth_are_bounded(keys, letter, name):
    key = keys[letter]
    big = [BIG[name]] * len(key.inputs) if key.inputs else BIG[name]
    assert judged(key, of(key, big)).points == 0


def test_keys_written_twice_count_once(keys):
    text = json.dumps(of(keys["a"], 0))[:-1] + f', "value": {keys["a"].right}' + "}"
    assert judged(keys["a"], json.loads(text)).points in (0, keys["a"].points)  # as any JSON reader: the last one
    pairs = {"t": "dict", "v": [["外観", "AI"], ["外観", "ルール"], ["期限", "ルール"], ["配合", "AI"]]}
    assert judged(keys["e"], of(keys["e"], pairs)).points < keys["e"].points


@pytest.mark.parametrize(
    "spoil",
    [
        lambda train, test: (train + train[:1], test),  # a position twice
        lambda train, test: (train, test + [10**6]),
        lambda train, test: (train, test + [-1]),
        lambda train, test: ([float(one) for one in train], test),
        lambda train, test: (train, [True, False]),
        lambda train, test: (train, []),
        lambda train, test: (train,),
    ],
)
def test_positions_of_the_wrong_kind_are_no_fold(spoil):
    make, data = truths.FUNCTIONS["cow_tables"], truths.draw_tables(3)
    inputs = make(data, np.random.default_rng(0))
    judge_folds = truths.CRITERIA["one_cow_out"]
    for args, folds in zip(inputs, run_on("one_cow_out", inputs), strict=True):
        plain = [(train.tolist(), test.tolist()) for train, test in folds]
        assert judge_folds(args, plain) == ""
        through = decode(json.loads(json.dumps(encode([spoil(*plain[0]), *plain[1:]]))))
        assert judge_folds(args, through)
