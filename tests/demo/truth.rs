//! Whether the judge deserves to be believed.

use serde::Deserialize;
use zoetrope::media::photo;

use super::golden_json;
use super::judge::{Judge, Words};
use crate::support::golden_path;

/// A rendered clip, and what it shows.
#[derive(Deserialize)]
struct Rendered {
    picture: String,
    labels: Words,
}

/// A judge that misreads clips drawn on purpose says nothing about clips that a model made.
#[test]
fn the_judge_reads_rendered_clips() {
    let clips: Vec<Rendered> = serde_json::from_value(golden_json("truth")).unwrap();
    let judge = Judge::load();
    let (mut right, mut asked) = (0, 0);
    for clip in &clips {
        let strip = photo::open(&golden_path(&format!("demo/{}", clip.picture))).unwrap();
        let read = judge.read(strip.as_raw());
        for (slot, word) in &clip.labels {
            asked += 1;
            if read.word(slot) == word {
                right += 1;
            } else {
                println!(
                    "{}: {slot} is {word}, read as {}",
                    clip.picture,
                    read.word(slot)
                );
            }
        }
    }
    assert!(
        100 * right >= 98 * asked,
        "the judge reads {right} of {asked} words right, less than 98 %"
    );
}
