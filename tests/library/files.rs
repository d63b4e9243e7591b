use std::fs;
use std::path::Path;

use serde_json::Value;
use zoetrope::job::Estimates;
use zoetrope::library::Dirs;

use super::Place;

#[test]
fn videos_are_called_by_what_they_show() {
    let place = Place::new();
    let name = |prompt: &str| {
        let path = place.library.place_for(prompt, |_| false);
        assert_eq!(
            path.parent(),
            Some(
                place
                    .video("")
                    .as_path()
                    .parent()
                    .unwrap()
                    .join("videos")
                    .as_path()
            )
        );
        path.file_name().unwrap().to_str().unwrap().to_owned()
    };
    assert_eq!(name("A paper boat."), "A paper boat.mp4");
    assert_eq!(name("../etc/passwd: a \"film\"\n"), "etc passwd a film.mp4");
    assert_eq!(name("  \t "), "Video.mp4");
    assert_eq!(name("一只猫跳上窗台。"), "一只猫跳上窗台.mp4");
    let long = name(&"A paper boat crosses a rain puddle ".repeat(20));
    assert!(
        long.starts_with("A paper boat") && long.len() < 70,
        "{long}"
    );
    assert!(name(&"猫".repeat(500)).chars().count() < 70);
}

/// Breaks when a new video takes the place of an old one, of one that is unfinished or of one that
/// waits.
#[test]
fn no_name_is_given_twice() {
    let place = Place::new();
    fs::write(place.video("A boat.mp4"), "").unwrap();
    fs::create_dir(place.video("A boat 2.mp4.run")).unwrap();
    let waiting = place.video("A boat 3.mp4");
    let found = place.library.place_for("A boat", |path| path == waiting);
    assert_eq!(found, place.video("A boat 4.mp4"));
}

/// Breaks when settings cannot be restored because somebody tidied up the desktop.
#[test]
fn pictures_are_kept_once_under_their_names() {
    let place = Place::new();
    let original = place.path("boat.png");
    fs::write(&original, "a picture").unwrap();
    let mut plan = place.plan("a boat", "boat.mp4");
    plan.sources.image = Some(original.clone());
    plan.sources.last_image = Some(original.clone());
    place.library.keep_pictures(&mut plan).unwrap();
    let kept = plan.sources.image.clone().unwrap();
    assert!(kept.starts_with(place.path("data/pictures")) && kept.ends_with("boat.png"));
    assert_eq!(plan.sources.last_image.as_ref(), Some(&kept));
    assert_eq!(fs::read(&kept).unwrap(), b"a picture");

    fs::remove_file(original).unwrap();
    let before = plan.clone();
    place.library.keep_pictures(&mut plan).unwrap();
    assert_eq!(plan, before, "they are kept already");
}

#[test]
fn unfinished_videos_are_found_by_their_run_folders() {
    let place = Place::new();
    let run = place.video("boat.mp4.run");
    fs::create_dir(&run).unwrap();
    fs::create_dir(place.video("other.run")).unwrap();
    fs::create_dir(place.video("folder")).unwrap();
    assert!(
        place.library.unfinished().is_empty(),
        "there is no plan in it"
    );
    fs::write(run.join("plan.json"), "{}").unwrap();
    assert_eq!(place.library.unfinished(), std::slice::from_ref(&run));

    let mut library = place.library.clone();
    library.move_videos(&place.path("elsewhere"));
    assert_eq!(library.unfinished(), [run], "also where videos went before");
}

#[test]
fn what_was_learnt_is_kept() {
    let place = Place::new();
    assert_eq!(place.library.estimates(), Estimates::default());
    let mut estimates = Estimates::default();
    let mut timings = zoetrope::job::Timings::default();
    timings.denoise.units = 1;
    timings.decode.units = 1;
    estimates.learn(&place.plan("a boat", "boat.mp4"), false, &timings);
    place.library.save_estimates(&estimates).unwrap();
    assert_eq!(place.library.estimates(), estimates);
    // One line that nobody understands costs no other.
    let path = place.path("data/estimates.json");
    let mut file: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let lines = file["lines"].as_array_mut().unwrap();
    lines.insert(0, serde_json::json!({ "kind": "unheard of" }));
    fs::write(&path, file.to_string()).unwrap();
    assert_eq!(place.library.estimates(), estimates);
    assert!(place.path("data/estimates.json.bak").exists());
    fs::write(&path, "[").unwrap();
    assert_eq!(place.library.estimates(), Estimates::default());
}

/// Breaks when a job of a newer version, or one with a number that makes no sense, is lost with the next change.
#[test]
fn jobs_that_only_another_version_understands_stay() {
    let place = Place::new();
    let path = place.path("data/waiting.json");
    let plan = |name: &str| place.plan("a boat", name);
    place
        .library
        .keep_waiting(&[plan("1.mp4"), plan("2.mp4")])
        .unwrap();
    let mut file: Vec<Value> = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    file[0]["sampler"] = "from the future".into();
    let newer = file[0].clone();
    let mut odd = file[1].clone();
    odd["steps"] = 0.into();
    file.push(odd.clone());
    fs::write(&path, Value::from(file).to_string()).unwrap();
    assert_eq!(place.library.waiting(), [plan("2.mp4")]);
    place.library.keep_waiting(&[plan("3.mp4")]).unwrap();
    assert_eq!(place.library.waiting(), [plan("3.mp4")]);
    let file: Vec<Value> = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert!(file.contains(&newer) && file.contains(&odd) && file.len() == 3);

    fs::write(&path, "{").unwrap();
    assert!(place.library.waiting().is_empty());
    let copy = fs::read_to_string(place.path("data/waiting.json.bak")).unwrap();
    assert_eq!(copy, "{");
}

/// Breaks when a heart that is given in an older version takes away what the newer one knows of a video.
#[test]
fn a_record_keeps_what_a_newer_version_wrote_into_it() {
    let place = Place::new();
    let record = place.put("a boat", 1);
    let path = place
        .path("data/records")
        .join(format!("{}.json", record.id));
    let mut file: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    file["tags"] = serde_json::json!(["sea"]);
    file["settings"]["camera"] = "dolly".into();
    fs::write(&path, file.to_string()).unwrap();
    let mut read = place.library.records().unwrap().remove(0);
    read.favourite = true;
    place.library.save(&read).unwrap();
    file["favourite"] = true.into();
    let kept: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(kept, file);
}

#[test]
fn a_user_has_places() {
    let places = Dirs::of_user().unwrap();
    assert!(places.videos.ends_with("Zoetrope"), "{places:?}");
    assert!(places.data.is_absolute() && places.data != Path::new("/"));
}
