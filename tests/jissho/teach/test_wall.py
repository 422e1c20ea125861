import subprocess
import sys

FORBIDDEN = ["jissho_kit", "nbgrader", "papermill", "nbconvert", "sklearn", "pandera", "jupyterlab"]


def test_what_a_lesson_imports_is_the_participants_side_alone():
    code = f"import jissho.teach, sys; print([m for m in {FORBIDDEN!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]" and done.stderr == ""
