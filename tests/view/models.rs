//! The sheet of models.

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use zoetrope::job::{
    DownloadProgress, Installed, Problem, Published, Remark, Wanted, WeightFormat,
};
use zoetrope::view::Action;
use zoetrope::view::action::ModelsAction;
use zoetrope::view::models::{self, Coming, Models};

use super::{Harness, harness};

fn downloading(done: u64, of: u64, bytes_per_second: u64) -> Harness {
    let wanted = Wanted::Model(Published::Ti2v5B, WeightFormat::Fp16);
    let transfer = DownloadProgress {
        done,
        of,
        bytes_per_second,
    };
    harness(move |ui| {
        let models = Models {
            installed: &[],
            folders: &[],
            chosen: None,
            offers: &[],
            advice: &[],
            free: None,
            waiting: &[],
            can_delete: &[],
            coming: Some(Coming { wanted, transfer }),
        };
        models::show(ui, &models)
    })
}

/// Breaks when somebody cannot see whether a download takes minutes or days, or end it.
#[test]
fn a_download_tells_its_rate_and_the_time_that_is_left() {
    let (done, of) = (3_200_000_000, 22_800_000_000);
    let mut sheet = downloading(done, of, 40_000_000);
    sheet.get_by_label("3.2 GB of 22.8 GB · 40.0 MB/s · about 8 min left");
    sheet.get_by_label("Stop").click();
    sheet.run_steps(3);
    let stopped = Action::Models(ModelsAction::StopDownload);
    assert_eq!(sheet.state()[..], [stopped]);

    downloading(done, of, 0).get_by_label("3.2 GB of 22.8 GB");
    downloading(0, 0, 0).get_by_label("Contacting Hugging Face…");
}

/// Breaks when what a stranger called a folder turns a line around, breaks it in two or fills the window.
#[test]
fn names_of_strangers_are_plain_lines() {
    let name = format!("a\u{202e}gpj\u{1b}[2J\nfake{}", "x".repeat(1 << 20));
    let model = Installed {
        place: format!("/models/{name}").into(),
        name,
        variant: None,
        bytes: 1,
        checkpoint: Err(Problem::Other("it\u{202e} lacks\n a VAE".into())),
        remarks: vec![Remark::Stray("b\u{9b}31m\u{202e}".into())],
    };
    let sheet = harness(move |ui| {
        let models = Models {
            installed: std::slice::from_ref(&model),
            folders: &["/a\u{2067}\n".into()],
            chosen: None,
            offers: &[],
            advice: &[],
            free: None,
            waiting: &[],
            can_delete: &[],
            coming: None,
        };
        models::show(ui, &models)
    });
    let nodes = sheet.root().children_recursive();
    // What is drawn as text; names of buttons are only read aloud.
    let is_text = |node: &egui_kittest::Node| node.accesskit_node().role() == Role::Label;
    let drawn = nodes.filter(is_text);
    let drawn = drawn.filter_map(|node| node.accesskit_node().value());
    let drawn: Vec<_> = drawn.collect();
    assert!(drawn.iter().any(|text| text.contains("gpj")), "{drawn:?}");
    for text in drawn {
        let is_plain = |c: char| !c.is_control() && !('\u{202a}'..='\u{2069}').contains(&c);
        assert!(text.chars().all(is_plain) && text.len() < 5000, "{text:?}");
    }
}
