"""A case of one's own: the file to fill in is a case, and what people write wrongly is told by its name."""

import pytest

from jissho.datasets import load_cases
from jissho.errors import DataError
from jissho.invest import alternative_of, evidence_of, funding_of, new_case, parse_own_case, proposal_of, read_own_case


@pytest.fixture
def written(tmp_path):
    """``written(old, new)``: the file with something replaced."""

    def _written(old="", new="", raw=None):
        path = tmp_path / "案件.yml"
        text = new_case()
        assert old in text
        path.write_bytes(raw if raw is not None else text.replace(old, new, 1).encode())
        return path

    return _written


def test_the_file_to_fill_in_is_a_case_that_the_lab_can_use(written):
    case = read_own_case(written())
    assert set(load_cases().columns) == set(case)
    assert proposal_of(case).appraise().payback > 1 and evidence_of(case).events == 60
    assert alternative_of(case).npv > 0 and len(funding_of(case)) == 4


def test_what_people_write_in_its_place_comes_through(written):
    case = read_own_case(written('"検査の自動化"', '"樹脂：充填不足"'))
    assert case["案件"] == "樹脂：充填不足"
    assert read_own_case(written("初期費用: 9000000", "初期費用: 12_000_000"))["初期費用"] == 12_000_000
    assert read_own_case(written("再現率: 80", "再現率: 82.5"))["再現率"] == 82.5
    assert read_own_case(written(raw=new_case().encode("utf-8-sig")))["従業員数"] == 30


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("再現率: 80", "再現率: 120", "「再現率」の値 120 は使えません"),
        ("再現率: 80", "再現率: 高い", "「再現率」が数ではありません"),
        ("再現率: 80", "再現率: .nan", "「再現率」が数ではありません"),
        ("再現率: 80", "再現率: true", "「再現率」が数ではありません"),
        ("再現率: 80", "再現率:", "「再現率」が書かれていません"),
        ("再現率: 80", "再現立: 80", "知らない項目「再現立」"),
        ("再現率: 80", "再現率: 80\n再現率: 90", "この行を読めません"),
        ("再現率: 80", "再現率： 80", "この行を読めません"),
        ("初期費用: 9000000", "初期費用: -1", "「初期費用」の値"),
        ("初期費用: 9000000", "初期費用: 1.5", "整数"),
        ("初期費用: 9000000", "初期費用: 900万", "「初期費用」が数ではありません"),
        ("参加者数: 1 ", "参加者数: 0 ", "「参加者数」の値"),
        ("発生記録: 60", "発生記録: 99999", "「発生記録」が「記録件数」より多く"),
        ('"5S"', '"AI"', "「代案の種類」"),
        ('"検査の自動化"', '"' + "長" * 23 + '"', "「案件」は、一行の文"),
        ('"検査の自動化"', "[1, 2]", "「案件」は、一行の文"),
        ("従業員数: 30", "従業員数: &a 30\n対象2: *a", "この行を読めません"),
    ],
)
def test_a_slip_is_told_by_its_name(written, old, new, words):
    with pytest.raises(DataError) as caught:
        read_own_case(written(old, new))
    assert words in str(caught.value) and caught.value.mend and "案件.yml" in caught.value.where


@pytest.mark.parametrize(
    "raw", [b"", b"- 1", b"\xff\xfe", b"a: " + b"x" * 100_001, b"[" * 9_000, b"!!python/object:os.system x"]
)
def test_what_is_no_case_at_all_is_refused(written, raw):
    with pytest.raises(DataError) as caught:
        read_own_case(written(raw=raw))
    assert caught.value.mend


def test_a_picture_is_told_as_no_text():
    with pytest.raises(DataError, match="文字のファイルではありません"):
        parse_own_case(b"\x89PNG\r\n\x1a\n\x00\x00")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="読めません"):
        read_own_case(tmp_path / "ない.yml")
