"""この講座の nbgrader の設定（jissho course が作ります）。nbgrader の命令と formgrader がそのまま使えます。"""

from pathlib import Path

from jissho_kit.grading.nbgrader_plugin import configure

# The folder is taken from this file, so that a moved course keeps working.
configure(get_config(), Path(__file__).resolve().parent)  # noqa: F821 (given by nbgrader)
