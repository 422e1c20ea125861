"""Writing small tables as a plant or a farm would, and reading them."""

import pytest

from jissho.datasets import read_own_table


@pytest.fixture
def own(tmp_path):
    """``own("日付,気温\\n…", "cp932")`` → (DataFrame, mendings)."""

    def read(text, encoding="utf-8", name="own.csv", **how):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return read_own_table(path, **how)

    return read


@pytest.fixture
def column(own):
    """One column of values under a heading, beside a numbered one: ``column("気温", ["１２．５"])`` → (Series, mendings)."""

    def read(name, values):
        quoted = [f'"{value}"' if "," in value else value for value in values]
        table, mendings = own(
            "".join(
                f"{left},{right}\n"
                for left, right in zip(["番", *range(1, len(values) + 1)], [name, *quoted], strict=True)
            )
        )
        return table[name], mendings

    return read
