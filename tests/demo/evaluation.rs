//! How often the built-in model shows what it was asked for.

use super::cases::{Case, Changes, groups};
use super::judge::{Judge, Reading};
use super::table::Table;

/// Of the words that the judge read from PyTorch's frames: rounding may change a doubtful clip, nothing else.
const AGREEMENT: f64 = 0.98;

/// Breaks where prompt, guidance or first frame stop reaching the clip, which no comparison with the program itself shows.
#[test]
fn a_few_clips_show_what_pytorch_showed() {
    let judge = Judge::load();
    for (group, ids) in groups().iter().zip([&[0, 1][..], &[0]]) {
        for case in ids.iter().map(|&id| &group.cases[id]) {
            let (reading, _) = look(&judge, case, &group.settings);
            for (slot, word) in &case.read {
                assert_eq!(reading.word(slot), word, "{}: {}", group.name, case.prompt);
            }
        }
    }
}

#[test]
#[ignore = "takes 20 minutes: cargo xtask eval-demo"]
fn all_clips_show_what_was_asked() {
    let judge = Judge::load();
    let mut table = Table::default();
    let (mut same, mut all) = (0, 0);
    for group in groups() {
        for case in &group.cases {
            let (reading, kept) = look(&judge, case, &group.settings);
            table.add(&group.name, &case.labels, &reading, kept);
            let agreed = case.read.iter();
            same += agreed
                .filter(|(slot, word)| reading.word(slot) == *word)
                .count();
            all += case.read.len();
        }
        println!("{}: {} clips", group.name, group.cases.len());
    }
    println!(
        "\n{table}\n{same} of {all} words are those that the judge read from PyTorch's frames"
    );
    assert!(
        same as f64 >= AGREEMENT * all as f64,
        "the two programs disagree"
    );
}

/// What the judge reads from the clip of a case, and how well its picture was kept, in decibels.
fn look(judge: &Judge, case: &Case, changes: &Changes) -> (Reading, Option<f64>) {
    let clip = case.film(changes);
    let frames = judge.frames().iter();
    let pixels: Vec<&[u8]> = frames.map(|&index| clip.frame(index).unwrap()).collect();
    (judge.read(&pixels.concat()), case.kept(&clip))
}
