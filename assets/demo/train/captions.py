"""From the words of a clip to an English sentence, each time another one."""

import html
import re

from words import CAPTIONS, SAY

KEEP = 0.82  # how often an optional part of a caption is said
CHOICE = re.compile(r"\(([^()]*)\)")
OPTION = re.compile(r"\[([^\[\]]*)\]")
SLOT = re.compile(r"\{(\w+)\}")
OPENINGS = ["a video of ", "an animation of ", "a cartoon of ", "a short film of ", "a picture of "]
ENDINGS = [
    ", flat illustration",
    ", cartoon style",
    ", high quality",
    ", cute animation",
    ", beautiful colours",
    ", 4k",
]


def caption(words, rng, keep=KEEP):
    """One sentence for a clip: `words` maps every slot to a word or ""."""
    templates, own = CAPTIONS[words["kind"]]
    text = rng.choice(templates)
    while SLOT.search(text) or OPTION.search(text) or CHOICE.search(text):
        text = CHOICE.sub(lambda m: rng.choice(m[1].split("|")), text)
        text = OPTION.sub(lambda m: m[1] if rng.random() < keep else "", text)
        text = SLOT.sub(lambda m: _say(m[1], words, own, rng), text)
    text = re.sub(r"\ba (?=[aeiou])", "an ", text)
    return _dress(text, rng)


def clean(text):
    """What the pipeline does to a prompt before the tokenizer, but for the repair of broken Unicode."""
    text = html.unescape(html.unescape(text))
    return re.sub(r"\s+", " ", text).strip()


def _say(slot, words, own, rng):
    """A phrase for a slot of a template; the grammar of a few words is settled here."""
    kind, up, many = words["kind"], words["motion"] == "up", words["count"] in ("two", "three")
    match kind, slot:
        case _, "a":
            return rng.choice(["a", "a", "a", "a", "the", "one"])
        case _, "flower":
            return rng.choice(["flowers", "tulips"] if many else ["flower", "tulip"])
        case _, "duck":
            return "ducks" if many else "duck"
        case "sky", "body":
            return words["shape"]
        case "sky", "rise":
            return "rise" if up else "set"
        case "sky", "motion":
            phrases = "rises|is rising|rising|comes up|goes up" if up else "sets|is setting|setting|goes down|sinks"
            return rng.choice(phrases.split("|"))
        case "balloon", "rise":
            return rng.choice(["rises", "rising", "is rising"] if up else ["sinks", "sinking", "lands"])
        case _:
            word = words[slot]
            return rng.choice(own.get(slot, {}).get(word) or SAY.get(word) or [word])


def _dress(text, rng):
    """Capitals, full stops, openings and endings as people use them."""
    if rng.random() > 0.92:
        text = rng.choice(OPENINGS) + text
    if rng.random() > 0.92:
        text += rng.choice(ENDINGS)
    if rng.random() > 0.5:
        text = text[0].upper() + text[1:]
    return text + "." if rng.random() > 0.5 else text
