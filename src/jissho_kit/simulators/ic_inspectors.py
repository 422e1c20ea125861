"""F4b: a trial of judgement — two inspectors look at the same ICs, and then every IC is opened."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators._truth import Truth

DEFECT_SHARE = 0.15  # defects were collected for the trial; the line has 0.45 %
# How bad an IC looks; above an inspector's own line it is called 不良. Good ones scatter around 0, bad ones around BAD_LOOK.
BAD_LOOK, LOOK_SD = 2.45, 0.5
EYE_SD = (0.85, 1.0)  # noise of an inspector's eye: drawn between these, once per inspector
LINE = (1.65, 1.85)  # where an inspector's line lies: likewise


def make_ic_inspectors(n: int = 2000, random_state: int | np.random.Generator = 0) -> tuple[pd.DataFrame, Truth]:
    """Draw a trial of ``n`` ICs judged by two inspectors.

    Parameters
    ----------
    n : int
        ICs, at least 200.
    random_state : int or numpy.random.Generator

    Returns
    -------
    DataFrame
        試料番号, 検査員A, 検査員B, 分解結果: 良品 or 不良 each; 分解結果 is the true state.
    Truth
        effects: ``defect_share``; ``line_a``, ``line_b`` (above it an inspector calls 不良) and ``eye_a``, ``eye_b`` (noise), on the
        scale of looks on which good ICs scatter around 0 and bad ones around ``bad_look``.
        best: ``accuracy_a``, ``accuracy_b``, agreement of a model that knows the true state with each inspector.

    Raises
    ------
    ValueError
        ``n`` is too small for defects to appear.
    """
    if n < 200:
        raise ValueError("n must be at least 200")
    rng = np.random.default_rng(random_state)
    bad = rng.permutation(n) < round(DEFECT_SHARE * n)
    look = np.where(bad, BAD_LOOK, 0.0) + LOOK_SD * rng.standard_normal(n)
    table = pd.DataFrame({"試料番号": np.arange(1, n + 1)})
    effects, best = {"defect_share": DEFECT_SHARE, "bad_look": BAD_LOOK}, {}
    for letter in "AB":
        line, eye = rng.uniform(*LINE), rng.uniform(*EYE_SD)
        verdict = look + eye * rng.standard_normal(n) > line
        table[f"検査員{letter}"] = _words(verdict)
        effects |= {f"line_{letter.lower()}": line, f"eye_{letter.lower()}": eye}
        best[f"accuracy_{letter.lower()}"] = float((verdict == bad).mean())
    table["分解結果"] = _words(bad)
    return table, Truth(effects, best)


def _words(bad: np.ndarray) -> np.ndarray:
    return np.where(bad, "不良", "良品")
