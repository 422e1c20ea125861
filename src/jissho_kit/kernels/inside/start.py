"""Start the warm process of a sandbox; run as a script inside bubblewrap, with the number of its control socket."""

import importlib
import sys

import cells
import isolate
import zygote

if __name__ == "__main__":
    isolate.leave_root()
    zygote.import_pandas()
    for name in zygote.PRELOAD:
        importlib.import_module(name)
    # Nobody edits this one while it runs; jissho.teach would set fonts and messages when it is imported.
    for name in ("jissho.bundle", "jissho.card", "jissho.datasets", "jissho.normalise"):
        importlib.import_module(name)
    cells.warm_up()
    zygote.main(int(sys.argv[1]))()
