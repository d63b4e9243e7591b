//! *Wildcards* in a prompt: of `{red|blue}` each video takes one, and variations go through all combinations.

/// The parts of a prompt.
enum Part<'a> {
    Text(&'a str),
    OneOf(Vec<&'a str>),
}

/// A brace with nothing to choose from is only a brace.
fn parts(prompt: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = prompt;
    while let Some(open) = rest.find('{') {
        let inside = &rest[open + 1..];
        let close = inside.find(['{', '}']);
        let choice = close.filter(|&close| inside[close..].starts_with('}'));
        let choice = choice.map(|close| &inside[..close]);
        if let Some(choice) = choice.filter(|choice| choice.contains('|')) {
            parts.push(Part::Text(&rest[..open]));
            parts.push(Part::OneOf(choice.split('|').map(str::trim).collect()));
            rest = &inside[choice.len() + 1..];
        } else {
            parts.push(Part::Text(&rest[..=open]));
            rest = inside;
        }
    }
    parts.push(Part::Text(rest));
    parts
}

/// How many prompts one with wildcards stands for: 1 if there are none.
pub fn count(prompt: &str) -> u64 {
    let choices = parts(prompt).into_iter().map(|part| match part {
        Part::Text(_) => 1,
        Part::OneOf(choices) => choices.len() as u64,
    });
    choices.fold(1, u64::saturating_mul)
}

/// The one with this number among them; they begin again after the last.
pub fn nth(prompt: &str, number: u64) -> String {
    let mut left = number % count(prompt).max(1);
    let mut written = String::new();
    for part in parts(prompt) {
        match part {
            Part::Text(text) => written += text,
            Part::OneOf(choices) => {
                let many = choices.len() as u64;
                written += choices[(left % many) as usize];
                left /= many;
            }
        }
    }
    written
}
