"""What a simulator planted."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Truth:
    """Planted effects and the score of the model that knows the mechanism.

    ``effects`` maps a name to the planted number (units in the simulator's docstring);
    ``best`` maps a metric's scikit-learn name (``"roc_auc"`` …) to the best reachable score on this draw.
    """

    effects: dict[str, float] = field(default_factory=dict)
    best: dict[str, float] = field(default_factory=dict)

    def best_score(self, metric: str) -> float:
        """Score on this draw of the model that knows the mechanism. Raises ``KeyError`` for an unknown metric."""
        return self.best[metric]
