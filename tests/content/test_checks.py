"""The kit's own content passes its own checks."""

from jissho_kit.checks import check, render


def test_nothing_is_found_in_the_kit():
    report = check()
    assert report.ok, render(report)
