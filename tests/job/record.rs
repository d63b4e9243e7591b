use std::path::Path;

use zoetrope::job::{CanvasRequest, PictureFit, Record, Request, Size, Sources};

use super::{plan, request};

fn record() -> Record {
    let request = Request {
        sources: Sources {
            image: Some("/pictures/boat.png".into()),
            fit: PictureFit::Crop,
            ..Default::default()
        },
        canvas: CanvasRequest {
            size: Some(Size::new(64, 32)),
            ..Default::default()
        },
        ..request("a boat")
    };
    let plan = plan(&request, Some(Size::new(640, 320))).expect("it works");
    Record::new(&plan, plan.info())
}

/// Breaks when "use these settings again" forgets a number or the picture's folder.
#[test]
fn a_record_leads_to_the_same_video_again() {
    let record = record();
    let again = record.request();
    assert_eq!(
        again.sources.image.as_deref(),
        Some(Path::new("/pictures/boat.png"))
    );
    let plan = plan(&again, Some(Size::new(640, 320))).expect("it works");
    assert_eq!(plan.info(), record.settings);
}

#[test]
fn it_is_called_by_its_prompt_until_it_has_a_name() {
    let mut record = record();
    assert_eq!(record.name(), "a boat");
    record.title = Some("Harbour".into());
    assert_eq!(record.name(), "Harbour");
}

/// Breaks when records cannot be kept, or those of an older version no longer be read.
#[test]
fn records_are_plain_json() {
    let record = record();
    let json = serde_json::to_value(&record).unwrap();
    assert_eq!(
        serde_json::from_value::<Record>(json.clone()).unwrap(),
        record
    );
    let mut older = json;
    let fields = older.as_object_mut().unwrap();
    for field in ["timings", "favourite", "image"] {
        assert!(fields.remove(field).is_some(), "{field}");
    }
    let read: Record = serde_json::from_value(older).unwrap();
    assert_eq!((read.image, read.favourite), (None, false));
}
