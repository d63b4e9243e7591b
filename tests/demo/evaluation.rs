//! How often the built-in model shows what it was asked for.

use super::cases::{Case, Changes, groups, read};
use super::judge::{Judge, Words};
use super::table::Table;

/// Of the words that the judge read from PyTorch's frames: rounding may change a doubtful clip, nothing else.
const AGREEMENT: f64 = 0.98;

/// Breaks where prompt, guidance or first frame stop reaching the clip, which no comparison with the program itself shows.
#[test]
fn a_few_clips_show_what_pytorch_showed() {
    let judge = Judge::load();
    for (group, ids) in groups().iter().zip([&[0, 1][..], &[0]]) {
        for case in ids.iter().map(|&id| &group.cases[id]) {
            let (words, _) = look(&judge, case, &group.settings);
            assert_eq!(words, case.read, "{}: {}", group.name, case.prompt);
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
            let (words, kept) = look(&judge, case, &group.settings);
            table.add(&group.name, &case.labels, &words, kept);
            let agreed = words
                .iter()
                .filter(|&(slot, word)| case.read[slot] == *word);
            same += agreed.count();
            all += words.len();
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

/// The words of the slots that a case is about, and how well its picture was kept.
fn look(judge: &Judge, case: &Case, changes: &Changes) -> (Words, Option<f64>) {
    let clip = case.film(changes);
    let mut words = read(judge, &clip);
    words.retain(|slot, _| case.labels.contains_key(slot));
    (words, case.kept(&clip))
}
