"""Several jobs one after the other in one driver: `one_driver.py JOB ARGUMENT... -- JOB ARGUMENT...`.

The exit code is that of the first that does not end well.
"""

import runpy
import sys
from itertools import groupby

if __name__ == "__main__":
    steps = [list(words) for is_end, words in groupby(sys.argv[1:], lambda word: word == "--") if not is_end]
    for job, *arguments in steps:
        sys.argv = [f"jobs/{job}.py", *arguments]
        try:
            runpy.run_path(sys.argv[0], run_name="__main__")
        except SystemExit as end:
            if end.code:
                raise
