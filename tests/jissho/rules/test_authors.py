"""Whatever an author writes: a programme that judges, or an error that names the place."""

import contextlib
import copy
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from jissho.errors import ContentError, JisshoError
from jissho.rules import judge, load_rules, own_rules

from .conftest import CASES

FILES = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(own_rules().glob("*.yml"))]
CONTRIBUTING = Path(__file__).parents[3] / "CONTRIBUTING.md"


def places(node, path=()):
    """Every place in a file of rules."""
    yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


WORDS = st.sampled_from(
    ["資料", "補足", "cost_yen", "as_of", "members", "2/3", "1/0", "money", "flag", "date", "is", "rule"]
)
ODD = st.none() | st.booleans() | st.integers(-5, 10**12) | st.floats() | WORDS | st.dates() | st.text(max_size=4)
ODD |= st.lists(ODD, max_size=2) | st.dictionaries(WORDS, ODD, max_size=2)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_broken_file_of_rules_is_refused_or_still_judges(data):
    content = copy.deepcopy(data.draw(st.sampled_from(FILES)))
    *above, last = data.draw(st.sampled_from([path for path in places(content) if path]))
    node = content
    for key in above:
        node = node[key]
    if data.draw(st.booleans()):
        del node[last]
    else:
        node[last] = data.draw(ODD)
    try:
        programs = load_rules(content)
    except ContentError as error:
        assert error.where.startswith("rules") and error.mend
        return
    for name in programs:
        for case in (CASES.get(name, {"program": name}), {"program": name}):
            with contextlib.suppress(JisshoError):
                assert judge(case, as_of="2018-10-01", rules=programs)["verdict"] in ("可", "不可", "要確認")


@pytest.fixture
def example(tmp_path):
    """The made-up programme that CONTRIBUTING shows, and its case."""
    text = CONTRIBUTING.read_text(encoding="utf-8")
    section = text[text.index("## 制度を足す") :].split("\n## ")[0]
    programme, case = (part.split("```")[0] for part in section.replace("```yaml", "```json").split("```json\n")[1:3])
    (tmp_path / "machi.yml").write_text(programme, encoding="utf-8")
    return tmp_path, yaml.safe_load(case)


def test_what_contributing_shows_works_as_it_says(example):
    folder, case = example
    answer = judge(case, rules=folder)
    assert (answer["verdict"], answer["amount_yen"]) == ("可", 400_000)
    assert judge(case | {"staff": 51}, rules=folder)["reasons"][0]["rule"] == "T1"
    (programme,) = load_rules(folder).values()
    for one in programme.examples:
        assert judge({**one.case, "program": programme.id}, rules=folder)["verdict"] == one.verdict
    assert judge(case | {"as_of": "2031-04-01"}, rules=folder)["reasons"][0]["rule"] == "T0"
