"""The words of the toy world, and how people say them.

A clip is described by one word in each *slot* (kind, shape, colour, motion,
place, light, count); a slot that does not apply holds `""`. `SAY` lists the
phrases for a word, the first words of a phrase being its plainest form.
"""

SLOTS = {
    "kind": ["shape", "sky", "rain", "snow", "boat", "balloon", "ball", "fireworks", "flowers", "rocket", "fish",
             "butterfly", "cat", "car", "windmill", "ducks", "campfire", "lighthouse", "plane", "jellyfish", "cake"],
    "shape": ["circle", "square", "triangle", "star", "heart", "sun", "moon"],
    "colour": ["red", "orange", "yellow", "green", "blue", "purple", "pink", "white", "black", "grey"],
    "motion": ["left", "right", "up", "down", "bounce", "spin", "grow", "shrink", "round"],
    "place": ["white", "black", "cream", "teal", "sky", "stars", "stripes", "hills", "sea", "mountains", "city",
              "desert", "grass", "beach", "room", "forest", "house", "snowman", "trees"],
    "light": ["day", "sunset", "night"],
    "count": ["one", "two", "three"],
}  # fmt: skip

COLOURS = SLOTS["colour"][:8]

SAY = {
    "circle": ["circle", "circle", "disc"],
    "square": ["square"],
    "triangle": ["triangle"],
    "star": ["star"],
    "heart": ["heart"],
    "grey": ["grey", "gray"],
    "purple": ["purple", "purple", "violet"],
    "left": ["left", "to the left", "to the left", "from right to left", "leftwards"],
    "right": ["right", "to the right", "to the right", "from left to right", "rightwards"],
    "up": ["up", "up", "upwards"],
    "down": ["down", "down", "downwards"],
    "day": ["by day", "during the day", "on a sunny day", "in the daytime", "under a blue sky"],
    "sunset": ["at sunset", "at sunset", "in the evening", "at dusk"],
    "night": ["at night", "at night", "in the night", "under the stars"],
    "white": ["white"],
}

MOVES = {
    "left": ["moves left", "moves to the left", "slides to the left", "drifts left", "is moving to the left",
             "moving from right to left", "goes left"],
    "right": ["moves right", "moves to the right", "slides to the right", "drifts right", "is moving to the right",
              "moving from left to right", "goes right"],
    "up": ["moves up", "rises", "floats up", "is moving up", "goes up", "moving upwards"],
    "down": ["moves down", "falls", "sinks", "is moving down", "goes down", "falling down"],
    "bounce": ["bounces", "bounces up and down", "is bouncing", "bouncing", "jumps up and down"],
    "spin": ["spins", "spins around", "rotates", "is spinning", "spinning", "turns around itself"],
    "grow": ["grows", "grows bigger", "gets bigger", "is growing", "growing larger"],
    "shrink": ["shrinks", "gets smaller", "is shrinking", "shrinking", "becomes smaller"],
    "round": ["moves in a circle", "circles around", "moves in circles", "moving in a circle", "flies in a circle"],
}  # fmt: skip

GROUNDS = {
    "white": ["on a white background", "on white", "over a white background"],
    "black": ["on a black background", "on black", "over a black background"],
    "cream": ["on a cream background", "on a beige background", "on cream"],
    "teal": ["on a teal background", "on teal", "over a teal background"],
    "sky": ["in a blue sky", "in the sky", "in the blue sky with clouds"],
    "stars": ["in a starry night", "in a starry sky", "in the night sky", "under the stars at night"],
    "stripes": ["on stripes", "on a striped background", "over stripes", "on a background of stripes"],
}

# Templates: {slot} a phrase for the clip's word, [..] an optional part, (a|b) a choice.
# The table at the end of a scene overrides SAY for it.
CAPTIONS = {
    "shape": (["{a} [(big|large|flat|simple) ]{colour} {shape} {motion}[ {place}]",
               "{a} [(big|large) ]{colour} {shape} {motion}[, {place}]",
               "{colour} {shape} {motion}[ {place}]"],
              {"motion": MOVES, "place": GROUNDS}),
    "sky": (["the [(big|bright|smiling|full) ]{body} {motion} over {place}",
             "{body}{rise} over {place}",
             "(a|the) [beautiful ]{body} {motion} (over|behind) {place}"],
            {"place": {"hills": ["the hills", "green hills", "hills", "the green hills"],
                       "sea": ["the sea", "the ocean", "the sea", "the water"],
                       "mountains": ["the mountains", "snowy mountains", "mountains"]}}),
    "rain": (["[(heavy|gentle|the) ]rain falls on {a} {colour} umbrella[ {light}]",
              "{a} {colour} umbrella in the rain[ {light}]",
              "it (rains|is raining) on {a} {colour} umbrella[ {light}]"], {}),
    "snow": (["[(soft|gentle|the|white) ]snow falls on {place}[ {light}]",
              "(snow falling|snowflakes falling|snow is falling|it snows|it is snowing) on {place}[ {light}]",
              "{place} in the snow[ {light}]"],
             {"place": {"house": ["a [(little|small|cosy) ]house", "a [(little|small) ]cottage", "the house"],
                        "snowman": ["a [(happy|smiling|little) ]snowman", "a snowman", "the snowman"],
                        "trees": ["[the ](fir|pine|christmas) trees", "(fir|pine) trees", "a [snowy ]forest"]}}),
    "boat": (["{a} [(little|small|pretty) ]{colour} (sailing boat|sailboat|boat) "
              "(sails|is sailing|sailing|glides|moves) {motion}[ {light}]",
              "{a} {colour} (sailing boat|sailboat|boat) [on the (sea|water|ocean) ](sails|is sailing|sailing) {motion}"
              "[ {light}]",
              "(sailing boat|sailboat|boat) with a {colour} sail (sails|sailing) {motion}[ {light}]"], {}),
    "balloon": (["{a} [(big|pretty) ]{colour} (hot-air balloon|hot air balloon|balloon) "
                 "(floats|flies|is floating|floating|drifts|moves) {motion}[ {light}]",
                 "{a} {colour} (hot-air balloon|hot air balloon|balloon) {rise}[ {light}]"], {}),
    "ball": (["{a} [(big|shiny|rubber) ]{colour} ball (bounces|is bouncing|bouncing|jumps)[ up and down] {place}",
              "{a} {colour} ball bouncing[ {place}]"],
             {"place": {"grass": ["on the grass", "on grass", "in a meadow", "on the green grass"],
                        "beach": ["on the beach", "on a beach", "on the sand"],
                        "room": ["on the floor", "in a room", "on a wooden floor"]}}),
    "fireworks": (["[(big|colourful|bright|beautiful) ]{colour} fireworks {place}",
                   "{colour} fireworks (explode|exploding|burst|light up the sky) {place}",
                   "{colour} fireworks [in the night sky ]{place}"],
                  {"place": {"city": ["over the city", "above the city", "over a city", "over the houses"],
                             "sea": ["over the sea", "above the sea", "over the water"],
                             "mountains": ["over the mountains", "above the mountains", "over mountains"]}}),
    "flowers": (["{count} [(pretty|tall) ]{colour} {flower} (sway|swaying|are swaying|dance|wave) in the (wind|breeze)"
                 "[ {light}]",
                 "{count} {colour} {flower} in the (wind|breeze)[ {light}]",
                 "{count} {colour} {flower} [and grass ](sway|swaying) in the wind[ {light}]"],
                {"count": {"one": ["a", "one", "a single"], "two": ["two"], "three": ["three"]}}),
    "rocket": (["{a} [(little|small|shiny|space) ]{colour} rocket {motion}[ {place}]",
                "{a} {colour} (rocket|space rocket|spaceship) {motion}[ {place}]"],
               {"motion": {"up": ["takes off", "flies up", "lifts off", "launches", "starts", "flying up",
                                  "launching into space"],
                           "down": ["lands", "comes down", "is landing", "landing", "flies down"]},
                "place": {"grass": ["on earth", "on the earth", "from a green planet"],
                          "stars": ["on the moon", "on the moon among the stars", "on the grey moon"]}}),
    "fish": (["{count} [(little|small|happy|cute) ]{colour} fish (swim|swims|swimming|is swimming|are swimming) {motion}",
              "{count} {colour} fish [in the (sea|ocean) ](swimming|swim|swims) {motion}",
              "{count} {colour} fish (swim|swims|swimming) {motion} (in the sea|under water|underwater|in the ocean)"],
             {"count": {"one": ["a", "one", "a"], "two": ["two"], "three": ["three"]}}),
    "butterfly": (["{a} [(pretty|beautiful|little) ]{colour} butterfly (flutters|flies|is flying|flying|fluttering) "
                   "{motion}[ over (the flowers|a meadow|the grass)][ {light}]",
                   "{a} {colour} butterfly (flutters|flies) {motion}[ {light}]"], {}),
    "cat": (["{a} [(little|cute|happy|small) ]{colour} (cat|kitten|cat) (sits|is sitting|sitting) on (a|the) "
             "(hill|roof|wall)[ {light}]",
             "{a} [(little|cute) ]{colour} (cat|kitten) (wags|wagging|swings|waves) its tail[ {light}]",
             "{a} {colour} cat[ {light}]"], {}),
    "car": (["{a} [(little|small|fast|cute) ]{colour} car (drives|is driving|driving|goes|moves|rolls) {motion}[ {place}]",
             "{a} {colour} car (drives|driving) {place} {motion}"],
            {"place": {"city": ["through the city", "in the city", "in town", "through a city"],
                       "desert": ["through the desert", "in the desert", "through a desert"],
                       "hills": ["through the hills", "past green hills", "in the hills", "in the countryside"]}}),
    "windmill": (["{a} [(old|little|pretty) ]{colour} windmill (turns|is turning|turning|spins|rotates)[ in the wind]"
                  "[ {light}]",
                  "{a} {colour} windmill [on a hill ](turns|turning|spinning)[ {light}]"], {}),
    "ducks": (["{count} [(little|small|yellow|cute|happy) ]{duck} (swim|swims|swimming|is swimming|are swimming) {motion}"
               "[ {light}]",
               "{count} [(little|yellow|rubber) ]{duck} [on (the|a) (pond|lake|water) ](swim|swims|swimming) {motion}"
               "[ {light}]"],
              {"count": {"one": ["a", "one", "a"], "two": ["two"], "three": ["three"]}}),
    "campfire": (["a [(warm|little|bright) ]campfire (burns|burning|is burning|flickers) (next to|beside|by|in front of) "
                  "{a} {colour} tent[ {place}]",
                  "{a} {colour} tent and a (campfire|fire)[ {place}]",
                  "{a} {colour} tent with a campfire[ {place}][ at night]"],
                 {"place": {"forest": ["in the forest", "in a forest", "in the woods"],
                            "mountains": ["in the mountains", "by the mountains"],
                            "sea": ["by the sea", "at the sea", "by the lake"]}}),
    "lighthouse": (["{a} [(tall|old) ]{colour} lighthouse (shines|shining|is shining|blinks)[ over the sea][ {light}]",
                    "{a} {colour} [striped ]lighthouse [by the sea ]{light}",
                    "{a} {colour} [and white ]lighthouse (turns its light|with a turning light)[ {light}]"], {}),
    "plane": (["{a} [(little|small|cute) ]{colour} (plane|airplane|aeroplane) (flies|is flying|flying|moves) {motion}"
               "[ {light}]",
               "{a} {colour} (plane|airplane|aeroplane) (flies|flying) [through the clouds ]{motion}[ {light}]"], {}),
    "jellyfish": (["{count} [(glowing|beautiful|big|little) ]{colour} jellyfish (swim|swims|swimming|float|floats|floating|"
                   "drifts) {motion}",
                   "{count} {colour} jellyfish [in the (deep sea|dark sea|ocean) ](swims|floats|swim|float) {motion}"],
                  {"count": {"one": ["a", "one", "a"], "two": ["two"], "three": ["three"]}}),
    "cake": (["a [(big|delicious|birthday) ]{colour} [birthday ]cake with {count}",
              "a {colour} birthday cake with {count}[ (burning|flickering)]",
              "a {colour} cake and {count}"],
             {"count": {"one": ["one candle", "a candle", "one burning candle"],
                        "two": ["two candles", "two burning candles"],
                        "three": ["three candles", "three burning candles"]}}),
}  # fmt: skip
