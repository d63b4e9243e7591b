//! What a writer leaves behind, and what it refuses.

use std::fs;

use zoetrope::disk::PartialFile;
use zoetrope::job::Size;
use zoetrope::media::mp4::{Mp4Writer, Quality};

use super::{Folder, scene, unpack};

const SIZE: Size = Size::new(64, 48);

fn create(path: &std::path::Path) -> zoetrope::Result<Mp4Writer> {
    Mp4Writer::create(path, SIZE, 24, Quality::default(), "{}")
}

fn refusal<T>(result: zoetrope::Result<T>) -> String {
    result.err().expect("it is refused").to_string()
}

/// Breaks when a stopped job leaves half a video, or destroys the one that it would have replaced.
#[test]
fn a_dropped_writer_leaves_everything_as_it_was() {
    let folder = Folder::new();
    let path = folder.put("clip.mp4", b"an older video");
    let mut video = create(&path).unwrap();
    video.write(&scene::frame(SIZE, 0)).unwrap();
    assert_eq!(folder.names().len(), 2);
    drop(video);
    assert_eq!(folder.names(), ["clip.mp4"]);
    assert_eq!(fs::read(&path).unwrap(), b"an older video");
}

/// Breaks when the temporary file stays behind beside the finished one.
#[test]
fn a_finished_writer_leaves_only_the_video() {
    let folder = Folder::new();
    let path = folder.put("clip.mp4", b"an older video");
    let mut video = create(&path).unwrap();
    video.write(&scene::frame(SIZE, 0)).unwrap();
    video.finish().unwrap();
    assert_eq!(folder.names(), ["clip.mp4"]);
    assert_eq!(&fs::read(&path).unwrap()[4..8], b"ftyp");
}

/// Breaks when a wrong output name is noticed only after the work is done.
#[test]
fn impossible_places_are_refused_at_once() {
    let folder = Folder::new();
    let missing = refusal(create(&folder.file("nowhere/clip.mp4")));
    assert!(
        missing.ends_with("nowhere does not exist; create this folder first, or choose another"),
        "{missing}"
    );
    let taken = refusal(create(&std::env::temp_dir()));
    assert!(
        taken.starts_with("Couldn't write") && taken.ends_with("it is a folder"),
        "{taken}"
    );
    let below_a_file = folder.put("file", b"");
    let nested = refusal(create(&below_a_file.join("clip.mp4")));
    assert!(
        nested.starts_with("Couldn't create")
            && nested.ends_with("part of the path is not a folder"),
        "{nested}"
    );
    assert!(refusal(create("..".as_ref())).starts_with("Couldn't write"));
    #[cfg(unix)]
    assert!(
        refusal(create("/dev/null".as_ref()))
            .ends_with("is not an ordinary file; choose another name")
    );
    assert_eq!(folder.names(), ["file"]);
}

/// Breaks when frames or numbers that make no video reach the encoder.
#[test]
fn impossible_videos_are_refused() {
    let folder = Folder::new();
    let path = folder.file("clip.mp4");
    let attempt = |size, fps| refusal(Mp4Writer::create(&path, size, fps, Quality::Best, "{}"));
    assert!(attempt(Size::new(65, 48), 24).contains("even"));
    assert!(attempt(Size::new(0, 0), 24).contains("even"));
    assert!(attempt(Size::new(4096, 4096), 24).contains("3840x2160 is the most"));
    assert!(attempt(SIZE, 0).contains("0 frames a second"));
    assert!(attempt(SIZE, 1000).contains("1000 frames a second"));

    let mut video = create(&path).unwrap();
    assert!(refusal(video.write(&[0; 10])).contains("10 bytes"));
    assert!(refusal(video.finish()).contains("at least one frame"));
    assert!(folder.names().is_empty());
}

/// Breaks when bytes written out of order end up elsewhere.
#[test]
fn a_partial_file_takes_bytes_in_any_order() {
    let folder = Folder::new();
    let path = folder.file("tensor");
    let mut file = PartialFile::create(&path).unwrap();
    file.write_at(4, b"last").unwrap();
    file.write_at(0, b"1st ").unwrap();
    assert!(!path.exists());
    file.finish().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"1st last");
}

/// Breaks when a frame that needs more bits than the encoder has room for ends the video.
#[test]
fn noise_is_written_too() {
    const LARGE: Size = Size::new(1280, 704);
    let folder = Folder::new();
    let path = folder.file("noise.mp4");
    let mut video = Mp4Writer::create(&path, LARGE, 24, Quality::Best, "{}").unwrap();
    let mut generator = 1u32;
    for _ in 0..4 {
        let bytes = std::iter::repeat_with(|| {
            generator = generator
                .wrapping_mul(1_664_525)
                .wrapping_add(1_013_904_223);
            (generator >> 24) as u8
        });
        let frame: Vec<u8> = bytes.take(3 * LARGE.area() as usize).collect();
        video.write(&frame).unwrap();
    }
    video.finish().unwrap();
    assert_eq!(unpack::decode(&path).len(), 4);
}
