"""The arrays that protection reckons with: whole numbers, truths, real numbers."""

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Truth = NDArray[np.bool_]
Real = NDArray[np.float64]
