"""What a lesson imports: charts, sliders, predictions, answers. Importing it sets Japanese fonts and friendly errors."""

from jissho.teach import hints
from jissho.teach.charts import COLORS, FOOTER, chart, label, label_bars, show
from jissho.teach.controls import explore, select, slider
from jissho.teach.decision import show_card
from jissho.teach.forms import ask, check
from jissho.teach.money import man_yen, percent, yen
from jissho.teach.predictions import (
    PredictionMissing,
    after_prediction,
    decide,
    decided,
    older,
    predict,
    predicted,
    require_prediction,
    show_prediction,
)
from jissho.teach.record import answer, probe

__all__ = [
    "COLORS",
    "FOOTER",
    "PredictionMissing",
    "after_prediction",
    "answer",
    "ask",
    "chart",
    "check",
    "decide",
    "decided",
    "explore",
    "label",
    "label_bars",
    "man_yen",
    "older",
    "percent",
    "predict",
    "predicted",
    "probe",
    "require_prediction",
    "select",
    "show",
    "show_card",
    "show_prediction",
    "slider",
    "yen",
]

hints.install()
