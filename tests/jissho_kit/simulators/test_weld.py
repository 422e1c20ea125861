"""F5: the planted truths of the ship welds, over 20 seeds."""

import numpy as np
import pytest

from jissho.datasets import own_data, schema
from jissho_kit.simulators import SHIPPED_SEED, make_weld, write


@pytest.mark.seeds(20)
def test_a_draw_fits_its_schema_and_carries_its_faults(seed):
    table, truth = make_weld(random_state=seed)
    assert len(table) == 10_000
    schema("weld").check(table)
    assert truth.effects["missing_rows"] > 0 and truth.effects["glitches"] > 0


@pytest.mark.seeds(20)
def test_ultrasound_looks_where_it_is_suspicious_and_by_lot_elsewhere(seed):
    table, _ = make_weld(random_state=seed)
    suspicious = (table["警報"] == 1) | (table["目視"] == 1)
    assert (suspicious == (table["UT検査"] == "選択")).all()
    assert (table["ブローホール"].notna() & (table["ブローホール"] != "")).sum() == table["UT検査"].isin(
        ["選択", "監査"]
    ).sum()


@pytest.mark.seeds(20)
def test_selection_flatters_the_alarm_by_three_standard_errors(seed):
    table, truth = make_weld(random_state=seed)
    holes = int(((table["UT検査"] == "選択") & (table["ブローホール"] == "あり")).sum())
    flattered, true = truth.effects["recall_selected"], truth.effects["recall"]
    assert (flattered - true) / np.sqrt(true * (1 - true) / holes) >= 3


@pytest.mark.seeds(20)
def test_knowing_the_mechanism_beats_the_alarm(seed):
    _, truth = make_weld(random_state=seed)
    assert 0.8 < truth.best_score("roc_auc") < 1


def test_the_shipped_file_is_what_the_simulator_writes(tmp_path):
    write(["weld"], tmp_path, SHIPPED_SEED)
    assert (tmp_path / "weld/weld.csv").read_bytes() == (own_data() / "weld/weld.csv").read_bytes()


def test_too_few_sections_are_refused():
    with pytest.raises(ValueError):
        make_weld(n=100)
