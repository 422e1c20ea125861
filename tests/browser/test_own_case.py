"""An executive hands over a case of the firm's own: a real file, through a real browser, into the screens below."""

from __future__ import annotations

from jissho.invest import new_case


def test_a_case_is_handed_over_and_a_bad_one_changes_nothing(visit, serve, tmp_path):
    good, bad = tmp_path / "案件.yml", tmp_path / "下書き.yml"
    good.write_text(new_case().replace("検査の自動化", "うちの検査"), encoding="utf-8")
    bad.write_text(new_case().replace("再現率: 80", "再現率: 高い"), encoding="utf-8")

    def hand_over(page, form, file):
        with page.expect_file_chooser() as chooser:
            form.locator("button").click()
        chooser.value.set_files(str(file))

    with serve(tmp_path / "アプリ", "K-F-3", "--app") as url:
        page = visit(url)
        page.click("a:has-text('投資判断ラボ')")
        form = page.locator(".jissho-form:has(a[download])").first
        form.wait_for()
        with page.expect_download() as saved:
            form.locator("a[download]").click()
        assert saved.value.suggested_filename == "案件.yml"
        assert saved.value.path().read_text(encoding="utf-8") == new_case()
        for _ in range(2):  # the same file again, as after a first mistake
            hand_over(page, form, good)
            form.get_by_text("「うちの検査」を受け取りました").wait_for()
            page.get_by_role("heading", name="うちの検査").wait_for()
            hand_over(page, form, bad)
            form.get_by_text("「再現率」が数ではありません").wait_for()
            assert page.get_by_role("heading", name="うちの検査").count() == 1
        assert page.outside == []
