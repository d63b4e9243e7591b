"""What a scene is: a function that paints `n` clips at once on a `View`, and the words it understands."""

from words import COLOURS

SCENES = {}  # kind: (paint, {slot: words})
ANY = tuple(COLOURS)
SIDEWAYS, UPRIGHT = ("left", "right"), ("up", "down")
ALL_DAY = ("day", "sunset", "night")


def scene(**slots):
    """Registers a scene under its function's name."""

    def register(paint):
        SCENES[paint.__name__] = (paint, slots)
        return paint

    return register
