"""All scenes, in the order of `words.SLOTS["kind"]`."""

import shapes  # noqa: F401  (importing registers the scenes)
import outdoors  # noqa: F401
import characters  # noqa: F401
from scene import SCENES

__all__ = ["SCENES"]
