//! Prompts after the official cleaning.

use zoetrope::model::text::clean;

use super::{FAMILIES, prompts};

#[test]
fn prompts_are_cleaned_as_in_the_reference() {
    for family in FAMILIES {
        for prompt in prompts(family).0 {
            assert_eq!(clean(&prompt.text), prompt.cleaned, "{}", prompt.name);
        }
    }
}

/// Each pair was run through ftfy 6.3.1 and Python's `html`.
#[test]
fn people_type_such_things() {
    let cases = [
        ("  a\tcat\r\n\r\non   grass \u{3000}", "a cat on grass"),
        ("“quoted” ‘it’s’ „low“", "\"quoted\" 'it's' \"low\""),
        (
            "an em dash — stays… and – too",
            "an em dash — stays… and – too",
        ),
        ("ﬁne ﬂow, ĳs", "fine flow, ijs"),
        ("ＡＢＣ（１２３）～ ￣", "ABC(123)~ \u{304}"),
        ("ﾊﾟｿｺﾝ「猫」。", "パソコン「猫」。"),
        ("cafe\u{301}", "café"),
        (
            "zero\u{200b}width, \u{feff}mark, bell\u{7}",
            "zero\u{200b}width, mark, bell",
        ),
        ("\u{1b}[1;31mred\u{1b}[0m \u{1b}[x", "red"),
        ("nbsp\u{a0}here", "nbsp here"),
        ("👩‍👩‍👧 🇫🇷 ½ ™ © 20°C €5", "👩‍👩‍👧 🇫🇷 ½ ™ © 20°C €5"),
        // Wrongly decoded UTF-8.
        ("itâ€™s a cafÃ©", "it's a café"),
        ("æ—¥æœ¬èªž", "日本語"),
        ("Ã¼ber die BrÃ¼cke", "über die Brücke"),
        // What looks a little like it, but is right.
        (
            "São Paulo à la crème, Ñandú, Łódź, Åland, 5€ × 3²",
            "São Paulo à la crème, Ñandú, Łódź, Åland, 5€ × 3²",
        ),
        // Entities.
        ("Tom &amp;amp; Jerry &lt;3", "Tom & Jerry <3"),
        (
            "&quot;a&quot; &#39;b&#39; &#x201c;c&#x201d;",
            "\"a\" 'b' \"c\"",
        ),
        (
            "&copy 2024 &notit; &ampx &nosuch; & &;",
            "© 2024 ¬it; &x &nosuch; & &;",
        ),
        ("&EACUTE;t&eacute; &NBSP;x", "Été x"),
        (
            "&#0; &#128; &#1; &#xD800; &#99999999999; &#; &#x;",
            "\u{fffd} € \u{fffd} \u{fffd} &#; &#x;",
        ),
        // A `<` makes it HTML: quotes that come out of entities stay curly.
        ("<b>&ldquo;a&rdquo;</b> “b”", "<b>“a”</b> \"b\""),
        ("&ldquo;a&rdquo;\n<b>&ldquo;", "\"a\" <b>“"),
        ("<i>&amp;amp;amp;lt;", "<i>&amp;lt;"),
        ("&amp;amp;amp;lt;", "<"),
        ("", ""),
        (" \n ", ""),
    ];
    for (prompt, cleaned) in cases {
        assert_eq!(clean(prompt), cleaned, "{prompt:?}");
    }
}

#[test]
fn no_prompt_makes_it_panic() {
    let mut seed = 1_u64;
    for _ in 0..2000 {
        let text: String = (0..12)
            .filter_map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                char::from_u32(
                    (seed >> 33) as u32 % [0x80, 0x250, 0x2200, 0x1_1000][seed as usize >> 3 & 3],
                )
            })
            .collect();
        clean(&text);
        clean(&format!("&#{text}&amp{text};"));
    }
}
