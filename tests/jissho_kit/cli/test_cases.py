"""``jissho case``: a file to fill in, never written over, and what its numbers say."""


def test_a_new_file_can_be_shown_and_is_never_written_over(jissho, tmp_path):
    file = tmp_path / "案件.yml"
    code, _, err = jissho("case", "new", file)
    assert code == 0 and "case show" in err
    code, out, _ = jissho("case", "show", file)
    assert (
        code == 0 and "検査の自動化" in out and "記録が裏づける再現率" in out and "不可" in out and "制度は終了" in out
    )
    file.write_text(file.read_text(encoding="utf-8").replace("再現率: 80", "再現率: 99"), encoding="utf-8")
    code, _, err = jissho("case", "new", file)
    assert code == 2 and "もうあるファイルには書きません" in err
    assert "再現率: 99" in file.read_text(encoding="utf-8")


def test_a_slip_is_explained(jissho, tmp_path):
    file = tmp_path / "案件.yml"
    jissho("case", "new", file)
    file.write_text(file.read_text(encoding="utf-8").replace("再現率: 80", "再現率: たくさん"), encoding="utf-8")
    code, _, err = jissho("case", "show", file)
    assert code == 2 and "「再現率」が数ではありません" in err and "Traceback" not in err
