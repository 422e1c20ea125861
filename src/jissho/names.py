"""Names of files that a participant's side writes and a class's side reads; loading this loads nothing else."""

ANSWERS = "回答.json"  # answers and predictions, beside the notebook
