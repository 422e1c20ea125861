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
    importlib.import_module("jissho.datasets")  # nobody edits it while this runs; jissho.teach sets things when imported
    cells.warm_up()
    zygote.main(int(sys.argv[1]))()
