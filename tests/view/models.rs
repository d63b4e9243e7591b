//! The sheet of models.

use egui_kittest::kittest::Queryable;
use zoetrope::job::{DownloadProgress, ModelDownload, Published, WeightFormat};
use zoetrope::view::Action;
use zoetrope::view::action::ModelsAction;
use zoetrope::view::models::{self, Coming, Models};

use super::{Harness, harness};

fn downloading(done: u64, of: u64, bytes_per_second: u64) -> Harness {
    let offer = ModelDownload {
        model: Published::Ti2v5B,
        edition: WeightFormat::Fp16,
        bytes: of,
    };
    let transfer = DownloadProgress {
        done,
        of,
        bytes_per_second,
    };
    harness(move |ui| {
        let models = Models {
            installed: &[],
            damaged: &[],
            folders: &[],
            chosen: None,
            offers: &[],
            coming: Some(Coming { offer, transfer }),
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
    downloading(0, 0, 0).get_by_label("Asking what there is");
}
