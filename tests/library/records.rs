use std::fs;
use std::path::Path;

use zoetrope::Error;
use zoetrope::job::{Decode, Record};
use zoetrope::library::Search;
use zoetrope::media::photo;

use super::Place;

#[test]
fn an_empty_shelf_needs_no_folder() {
    assert!(Place::new().library.records().unwrap().is_empty());
}

/// Breaks when a finished video is lost, or stands in the wrong place.
#[test]
fn videos_stand_there_newest_first() {
    let place = Place::new();
    place.put("first", 1_000);
    place.put("third", 3_000);
    let second = place.put("second", 2_000);
    assert_eq!(place.prompts(), ["third", "second", "first"]);
    assert_eq!(place.library.records().unwrap()[1], second);
}

#[test]
fn the_poster_is_the_middle_frame_made_small() {
    let place = Place::new();
    let record = place.put("a boat", 1_000);
    let poster = photo::open(&record.poster.unwrap()).unwrap();
    assert_eq!((poster.width(), poster.height()), (480, 240));
    let pixel = poster.get_pixel(200, 100).0;
    let near = pixel
        .iter()
        .zip([30_u8, 200, 60])
        .all(|(a, b)| a.abs_diff(b) < 6);
    assert!(near, "{pixel:?}");
}

/// Breaks when a video that cannot be shown is kept from the library.
#[test]
fn a_record_without_a_poster_is_better_than_none() {
    let place = Place::new();
    let record = place.finished("a boat", 1_000);
    fs::write(&record.file, "no video").unwrap();
    assert_eq!(place.library.add(record).unwrap().poster, None);
    assert_eq!(place.prompts(), ["a boat"]);
}

/// Breaks when two programs that finish at the same moment overwrite each other's records.
#[test]
fn records_of_the_same_moment_are_two() {
    let place = Place::new();
    let (one, other) = (place.put("one", 1_000), place.put("other", 1_000));
    assert_ne!(one.id, other.id);
    assert_eq!(place.prompts().len(), 2);
}

#[test]
fn changes_are_kept() {
    let place = Place::new();
    let record = Record {
        favourite: true,
        title: Some("Harbour".into()),
        ..place.put("a boat", 1_000)
    };
    place.library.save(&record).unwrap();
    assert_eq!(place.library.records().unwrap(), [record]);
}

/// Breaks when half a file, of a crash or a full disk, keeps all others from being seen.
#[test]
fn what_is_damaged_is_left_alone() {
    let place = Place::new();
    place.put("a boat", 1_000);
    let folder = place.path("data/records");
    for (name, text) in [
        ("0.json", "{"),
        (".1.json.part", "{}"),
        ("2.json", "{}"),
        ("notes.txt", ""),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    assert_eq!(place.prompts(), ["a boat"]);
    assert!(
        folder.join("0.json").exists(),
        "somebody may want to mend it"
    );
}

/// Breaks when a video is deleted for good, or a record goes though its video could not.
#[test]
fn a_video_goes_to_the_trash_before_its_record_does() {
    let place = Place::new();
    let record = place.put("a boat", 1_000);
    let refused = place
        .library
        .remove(&record, |_| Err(Error::Other("no Trash here".into())));
    assert_eq!(refused.unwrap_err().to_string(), "no Trash here");
    assert_eq!(place.prompts(), ["a boat"]);

    let trash = place.path("trash.mp4");
    let discard =
        |file: &std::path::Path| fs::rename(file, &trash).map_err(Error::file("move", file));
    place.library.remove(&record, discard).unwrap();
    assert!(place.prompts().is_empty() && trash.exists());
    assert!(!record.poster.unwrap().exists());
    place
        .library
        .remove(&place.put("gone", 2_000), |file| {
            fs::remove_file(file).map_err(Error::file("remove", file))
        })
        .unwrap();
    assert!(place.prompts().is_empty());
}

#[test]
fn words_find_what_has_them_all() {
    let place = Place::new();
    let mut record = place.finished("A red boat at Sunset", 1_000);
    let finds = |record: &Record, words: &str, favourites: bool| {
        let words = words.to_owned();
        Search { words, favourites }.finds(record)
    };
    assert!(finds(&record, "", false) && finds(&record, "sunset RED", false));
    assert!(finds(&record, "7", false), "the seed");
    assert!(!finds(&record, "red harbour", false));
    record.title = Some("Harbour".into());
    assert!(finds(&record, "red harbour", false));
    assert!(!finds(&record, "red", true));
    record.favourite = true;
    assert!(finds(&record, "red", true));
}

/// Breaks when many videos make the library slow: each is one small file to read.
#[test]
fn a_thousand_records_are_read_in_order() {
    let place = Place::new();
    let record = place.put("a boat", 1_000);
    let json = fs::read(place.path(&format!("data/records/{}.json", record.id))).unwrap();
    for number in 0..1_000 {
        fs::write(
            place.path(&format!("data/records/{number:013}-1-0.json")),
            &json,
        )
        .unwrap();
    }
    let start = std::time::Instant::now();
    let records = place.library.records().unwrap();
    println!("1,001 records in {:?}", start.elapsed());
    assert_eq!(records.len(), 1_001);
    assert!(records.windows(2).all(|pair| pair[0].id > pair[1].id));
}

/// Breaks when the latents of a draft stay for ever once it is gone, or those of a job that goes on are taken from it.
#[test]
fn the_latents_of_a_draft_go_with_it() {
    let place = Place::new();
    let draft = |name: &str| {
        let mut record = place.finished(name, 1_000);
        record.settings.speedups.decode = Decode::Draft;
        let record = place.library.add(record).unwrap();
        let folder = record.file.with_added_extension("run");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("latents.safetensors"), "").unwrap();
        (record, folder)
    };
    let discard = |path: &Path| {
        let gone = if path.is_dir() {
            fs::remove_dir_all(path)
        } else {
            fs::remove_file(path)
        };
        gone.map_err(Error::file("remove", path))
    };
    let (record, folder) = draft("a boat");
    place.library.remove(&record, discard).unwrap();
    assert!(!record.file.exists() && !folder.exists());

    let (record, folder) = draft("another boat");
    fs::write(folder.join("plan.json"), "{}").unwrap();
    place.library.remove(&record, discard).unwrap();
    assert!(folder.exists(), "its job was taken up again");
}
