from jissho.errors import DataError, JisshoError


def test_an_error_says_what_where_and_how_to_mend():
    error = DataError("列がありません。", "molding.csv 3 行目", "列名を確かめてください。")
    assert str(error).splitlines() == [
        "列がありません。",
        "場所: molding.csv 3 行目",
        "直し方: 列名を確かめてください。",
    ]
    assert error._render_traceback_() == str(error).splitlines()
    assert isinstance(error, JisshoError)


def test_what_is_not_known_is_left_out():
    assert str(JisshoError("だめです。")) == "だめです。"
