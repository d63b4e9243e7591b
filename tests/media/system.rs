//! Pictures that the system reads and our decoders do not.

use std::cell::Cell;
use std::path::Path;

use image::{ImageFormat, RgbImage};
use zoetrope::media::photo;
use zoetrope::media::photo::system::Decoder;

use super::Folder;

/// A system that reads every picture as two pixels, and counts how often it is asked.
#[derive(Default)]
struct System {
    claims: Option<(u32, u32)>,
    gives: Option<Vec<u8>>,
    asked: Cell<usize>,
}

impl Decoder for System {
    fn size(&self, _: &Path) -> Option<(u32, u32)> {
        self.asked.set(self.asked.get() + 1);
        self.claims
    }

    fn read(&self, _: &Path) -> Option<(u32, u32, Vec<u8>)> {
        let (width, height) = self.claims?;
        Some((width, height, self.gives.clone()?))
    }
}

const TWO: [u8; 6] = [255, 0, 0, 0, 0, 255];

fn two_pixels() -> System {
    System {
        claims: Some((2, 1)),
        gives: Some(TWO.into()),
        ..System::default()
    }
}

const HEIC: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
const AVIF: &[u8] = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf";
const CANON: &[u8] = b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom";
const FUJI: &[u8] = b"FUJIFILMCCD-RAW 0201FF383501X-T2";

/// Breaks when a photo of a phone or a camera cannot be a first frame on a system that reads it.
#[test]
fn what_only_the_system_reads_is_read_by_it() {
    let folder = Folder::new();
    for (name, head) in [
        ("a.heic", HEIC),
        ("b.avif", AVIF),
        ("c.cr3", CANON),
        ("d.raf", FUJI),
    ] {
        let path = folder.put(name, head);
        let picture = photo::open_with(&path, &two_pixels()).unwrap();
        assert_eq!(picture.dimensions(), (2, 1), "{name}");
        assert_eq!(picture.as_raw(), &TWO, "{name}");
        // Where the system does not read it either, it is said what to do.
        let error = photo::open_with(&path, &System::default()).unwrap_err();
        assert!(error.to_string().contains("export it as JPEG"), "{error}");
    }
}

/// Breaks when a picture gives other pixels on a Mac than elsewhere, or a video or a drawing is handed to the system.
#[test]
fn what_we_read_and_what_is_no_photo_is_not_asked_for() {
    let folder = Folder::new();
    let system = two_pixels();
    let mut png = std::io::Cursor::new(Vec::new());
    RgbImage::new(3, 3)
        .write_to(&mut png, ImageFormat::Png)
        .unwrap();
    let picture = photo::open_with(&folder.put("ours.heic", &png.into_inner()), &system);
    assert_eq!(picture.unwrap().dimensions(), (3, 3));
    for (name, head) in [
        (
            "video.mp4",
            b"\0\0\0\x18ftypisom\0\0\0\0mp41isom".as_slice(),
        ),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("page.pdf", b"%PDF-1.7 page"),
    ] {
        photo::open_with(&folder.put(name, head), &system).unwrap_err();
    }
    assert_eq!(system.asked.get(), 0);
}

/// Breaks when a file that claims a huge picture is decoded, or one that cannot be decoded becomes a picture of nothing.
#[test]
fn claims_of_the_system_are_not_believed_blindly() {
    let folder = Folder::new();
    let path = folder.put("a.heic", HEIC);
    for (claims, gives, expected) in [
        ((60_000, 60_000), Some(TWO.to_vec()), "make it smaller"),
        ((0, 5), Some(Vec::new()), "without any pixels"),
        ((2, 1), None, "damaged or cut short"),
        ((2, 1), Some(vec![0; 5]), "damaged or cut short"),
    ] {
        let system = System {
            claims: Some(claims),
            gives,
            ..System::default()
        };
        let error = photo::open_with(&path, &system).unwrap_err();
        assert!(error.to_string().contains(expected), "{expected}: {error}");
    }
}
