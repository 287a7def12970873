"""Python's search for unreachable cycles, kept away from what is known.

What an organization of a thousand accounts is known by is some 200,000 objects, and a full search walks them
all with the interpreter in its hands: 0.1 s in which nobody is answered, at moments that nobody chose.
"""

import gc

INTERVAL = 600.0  # s between two full searches


def sweep_garbage() -> None:
    """Search everything once; what is left is not looked at again until the next call."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
