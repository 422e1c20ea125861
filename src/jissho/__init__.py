"""The participant's side of the kit: what notebooks import.

Holds no answer, no simulator and no planted truth; :mod:`jissho_kit` may import this package,
never the other way round.
"""

__version__ = "0.1.0"
