//! Wildcards: what a prompt with choices stands for.

use zoetrope::job::wildcards::{count, nth};

/// Breaks when variations repeat a choice before all were taken, or leave braces in the prompt.
#[test]
fn variations_go_through_all_combinations() {
    let prompt = "A {red|blue} boat, { day |night|dusk}";
    assert_eq!(count(prompt), 6);
    let mut all: Vec<String> = (40..46).map(|number| nth(prompt, number)).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 6);
    assert!(all.contains(&"A blue boat, dusk".to_owned()), "{all:?}");
    assert!(all.iter().all(|prompt| !prompt.contains(['{', '|', '}'])));
}

/// Breaks when braces that mean nothing are taken out of a prompt, or a broken one hangs.
#[test]
fn braces_without_a_choice_stay() {
    for prompt in ["", "{}", "a {b} c", "{a|b", "a|b}", "{{x}|y", "{", "}{"] {
        assert_eq!(count(prompt), 1, "{prompt}");
        assert_eq!(nth(prompt, 7), prompt);
    }
    assert_eq!(nth("{a|b} {", 1), "b {");
    assert_eq!(nth("{|red} boat", 0), " boat");
    assert_eq!(nth("一只{红|蓝}船", 1), "一只蓝船");
}
