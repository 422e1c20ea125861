"""Run commands, and look for typer's English."""

from __future__ import annotations

import re

import pytest

from jissho_kit import cli

# Words of typer and click that must not come through.
ENGLISH = re.compile(
    r"\b(Usage|Options?|Arguments?|Commands?|Show|exit|default|required|Missing|Error|Invalid|value|Try|help for|"
    r"such|unexpected|extra|requires|INTEGER|TEXT|PATH|ARGS|Input|should|must|not|int|str|list\[|range)\b"
)
# Words that belong to the command line itself.
COMMANDS = "open|list|plan|run|check|course|grade|rehearse|data|show|make|inspect|fetch"
OURS = re.compile(rf"--?[\w-]+|\./jissho.*|jissho|\b(?:{COMMANDS}|test|python|pytest)\b")


@pytest.fixture
def english_in():
    """Words of a text that should have been Japanese."""
    return lambda text: ENGLISH.findall(OURS.sub("", text))


@pytest.fixture
def jissho(capsys):
    """Run a command; gives exit code, stdout and stderr."""

    def _jissho(*arguments):
        code = cli.main(list(map(str, arguments)))
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return _jissho
