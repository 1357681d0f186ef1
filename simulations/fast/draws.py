"""`simulations.draws.uniform` in machine words: the same numbers from the same places."""

from __future__ import annotations

import numpy as np

from simulations.draws import GOLDEN, M1, M2
from simulations.fast.state import inner

_GOLDEN, _M1, _M2 = np.uint64(GOLDEN), np.uint64(M1), np.uint64(M2)
_U30, _U27, _U31, _U11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)


@inner
def uniform(key, salt, visit):
    """A number strictly between 0 and 1."""
    x = np.uint64(key) + (np.uint64(salt) ^ (np.uint64(visit + 1) * _GOLDEN))
    x = (x ^ (x >> _U30)) * _M1
    x = (x ^ (x >> _U27)) * _M2
    x = x ^ (x >> _U31)
    return (np.float64(x >> _U11) + 0.5) * 1.1102230246251565e-16
