//! Files that are not what they seem: no pictures, half ones, and ones that only mean to take memory or time.

use std::fs::File;
use std::io::{Cursor, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use image::{ImageFormat, Rgb, RgbImage};
use zoetrope::job::{CropAnchor, Size};
use zoetrope::media::{mp4, photo};

use super::Folder;
use crate::hostile::readers::peak_of;
use crate::support::alone::alone;

#[track_caller]
fn says(folder: &Folder, name: &str, bytes: &[u8], sentence: &str) {
    let path = folder.put(name, bytes);
    for error in [photo::open(&path).map(drop), photo::size(&path).map(drop)] {
        let said = error.expect_err(name).to_string();
        assert_eq!(said, format!("{} {sentence}", path.display()));
    }
}

/// A box that says what may read a file of Apple's or MPEG's kind.
fn brands(first: [u8; 4], others: &[&[u8; 4]]) -> Vec<u8> {
    let length = (16 + 4 * others.len() as u32).to_be_bytes();
    let others: Vec<u8> = others.iter().flat_map(|brand| **brand).collect();
    [
        &length,
        b"ftyp",
        first.as_slice(),
        &[0; 4],
        &others,
        &[0; 200],
    ]
    .concat()
}

/// A TIFF of nothing but these tags, each with one number.
fn tags(tags: &[(u16, u32)]) -> Vec<u8> {
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend((tags.len() as u16).to_le_bytes());
    for &(tag, number) in tags {
        file.extend(tag.to_le_bytes());
        file.extend([4, 0, 1, 0, 0, 0]);
        file.extend(number.to_le_bytes());
    }
    [file.as_slice(), &[0; 64]].concat()
}

/// Breaks when a file that people take for a picture is not named for what it is, whatever its name says.
#[test]
fn other_kinds_are_named() {
    let folder = Folder::new();
    let heic = "is a HEIC photo: export it as JPEG first";
    let avif = "is an AVIF picture: export it as JPEG first";
    let raw = "is a raw photo, as cameras record it: export it as JPEG first";
    let video = "is a video, not a picture: save one of its frames as PNG first";
    let drawing = "is an SVG drawing: export it as PNG first";
    let page = "is a web page, not a picture: download the picture itself";
    let pdf = "is a PDF: export the page as PNG first";
    let other = |name| {
        format!("is a picture in {name}, which is not read here: export it as JPEG or PNG first")
    };
    for ending in ["heic", "jpg", "png", ""] {
        let name = format!("photo.{ending}");
        let says = |bytes: &[u8], sentence: &str| says(&folder, &name, bytes, sentence);
        says(&brands(*b"heic", &[b"heic", b"mif1"]), heic);
        says(&brands(*b"mif1", &[b"mif1", b"heic"]), heic);
        says(&brands(*b"avif", &[b"mif1", b"avif"]), avif);
        says(&brands(*b"mif1", &[b"mif1", b"avif", b"miaf"]), avif);
        says(&brands(*b"crx ", &[b"crx ", b"isom"]), raw);
        says(&brands(*b"isom", &[b"iso2", b"avc1"]), video);
        says(&brands(*b"qt  ", &[]), video);
        says(b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x23", video);
        says(b"RIFF\x10\0\0\0AVI LIST", video);
        says(b"II*\0\x10\0\0\0CR\x02\0\0\0\0\0", raw);
        says(b"FUJIFILMCCD-RAW 0201", raw);
        says(&tags(&[(254, 1), (256, 160), (330, 500)]), raw);
        says(&tags(&[(254, 0), (256, 160), (50_706, 0x0401)]), raw);
        says(b"%PDF-1.7\n", pdf);
        says(b"some bytes of a printer\n%PDF-1.4\n", pdf);
        says(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", drawing);
        says(
            b"\xef\xbb\xbf <?xml version=\"1.0\"?>\n<!-- made by hand -->\n<svg>",
            drawing,
        );
        says(b"\n<!DOCTYPE html><html><title>404</title>", page);
        says(b"\xff\x0a\xfa\x7f", &other("JPEG XL"));
        says(b"8BPS\0\x01\0\0", &other("Photoshop's format"));
        says(b"\0\0\0\x0cjP  \r\n\x87\n", &other("JPEG 2000"));
    }
}

/// An ordinary photo.
fn jpeg() -> Vec<u8> {
    let noise =
        |x: u32, y: u32| (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(0x9e37_79b1)) >> 24;
    let picture = RgbImage::from_fn(96, 80, |x, y| Rgb([x as u8, noise(x, y) as u8, y as u8]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

/// Breaks when a download that broke off opens as half a picture and grey: at every twentieth of it, at its last bytes, and
/// where the rest of the file is zeros, as downloaders leave it.
#[test]
fn a_jpeg_without_its_end_is_refused() {
    let folder = Folder::new();
    let whole = jpeg();
    let sentence = "is damaged or cut short: its end is missing";
    let cuts = (1..20).map(|part| whole.len() * part / 20);
    for length in cuts.chain([whole.len() - 1, whole.len() - 2]) {
        says(&folder, "cut.jpg", &whole[..length], sentence);
        let mut zeros = whole[..length].to_vec();
        zeros.resize(whole.len() + 1000, 0);
        says(&folder, "zeros.jpg", &zeros, sentence);
    }
}

/// Breaks when what lies behind a photo, such as the video of a live one, or a small picture within it, is taken for its end.
#[test]
fn a_jpeg_ends_where_it_ends() {
    let folder = Folder::new();
    let whole = jpeg();
    let expected = photo::open(&folder.put("whole.jpg", &whole)).unwrap();
    let video = brands(*b"mp42", &[b"isom"]);
    for behind in [&[0; 100], b"\xff\xd9\xff\xd8\xff".as_slice(), &video] {
        let longer = [&whole, behind].concat();
        let opened = photo::open(&folder.put("longer.jpg", &longer)).unwrap();
        assert!(opened == expected);
    }
    let small = [
        b"\xff\xe2".as_slice(),
        &600_u16.to_be_bytes(),
        &whole[..598],
    ]
    .concat();
    let with_small = [&whole[..2], &small, &whole[2..]].concat();
    let opened = photo::open(&folder.put("within.jpg", &with_small)).unwrap();
    assert!(opened == expected);
    says(
        &folder,
        "cut.jpg",
        &with_small[..with_small.len() - 40],
        "is damaged or cut short: its end is missing",
    );
}

/// Breaks when a few bytes can have gigabytes decoded: a JPEG, a GIF and a PNG of a few bytes that claim 169 million pixels.
#[test]
fn small_files_cannot_claim_large_pictures() {
    let folder = Folder::new();
    let mut claims = jpeg();
    let frame = claims
        .windows(2)
        .position(|pair| pair == b"\xff\xc0")
        .unwrap();
    claims[frame + 5..frame + 9].copy_from_slice(&[0x32, 0xc8, 0x32, 0xc8]);
    let less = "is damaged or cut short: there is less in it than its size takes";
    says(&folder, "large.jpg", &claims, less);

    let sides = 13_000_u16.to_le_bytes().repeat(2);
    let gif = [
        b"GIF89a".as_slice(),
        &sides,
        b"\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b",
    ];
    let cannot = |bytes| {
        format!("is damaged: {bytes} bytes cannot be a picture of 13000x13000 pixels; take another")
    };
    says(&folder, "large.gif", &gif.concat(), &cannot(35));

    // The smallest picture, and its sides and their checksum overwritten.
    let mut png = Cursor::new(Vec::new());
    RgbImage::new(1, 1)
        .write_to(&mut png, ImageFormat::Png)
        .unwrap();
    let mut png = png.into_inner();
    png[16..24].copy_from_slice(&13_000_u32.to_be_bytes().repeat(2));
    let checksum = crc32fast::hash(&png[12..29]);
    png[29..33].copy_from_slice(&checksum.to_be_bytes());
    says(&folder, "large.png", &png, &cannot(png.len()));
}

/// Breaks when opening a picture takes more memory than the plan of its job is told.
#[test]
fn opening_takes_what_is_told() {
    alone("media::strangers::opening_takes_what_is_told", || {
        use image::DynamicImage;
        let folder = Folder::new();
        let picture = RgbImage::from_fn(1500, 1100, |x, y| {
            Rgb([(x ^ y) as u8, (x / 7) as u8, (x * y / 64) as u8])
        });
        let picture = DynamicImage::ImageRgb8(picture);
        let deep = DynamicImage::ImageRgba16(picture.to_rgba16());
        let clear = DynamicImage::ImageRgba8(picture.to_rgba8());
        let cases = [
            (ImageFormat::Png, &picture),
            (ImageFormat::Png, &deep),
            (ImageFormat::Jpeg, &picture),
            (ImageFormat::Gif, &clear),
            (ImageFormat::WebP, &picture),
            (ImageFormat::WebP, &clear),
            (ImageFormat::Bmp, &picture),
            (ImageFormat::Tiff, &picture),
            (ImageFormat::Tiff, &deep),
        ];
        for (format, picture) in cases {
            let mut bytes = Cursor::new(Vec::new());
            picture.write_to(&mut bytes, format).unwrap();
            let path = folder.put("picture", bytes.get_ref());
            let told = photo::memory(&path).unwrap() as usize;
            let held = peak_of(|| drop(photo::open(&path).unwrap()));
            println!(
                "{format:?} {:?}: {held} bytes held, {told} told",
                picture.color()
            );
            // The decoders' buffers are small and do not grow.
            assert!(
                held <= told + (1 << 20),
                "{format:?}: {held} held, {told} told"
            );
            assert!(told <= 3 * held, "{format:?}: {held} held, {told} told");
        }
        // The official code's stretching would have the whole as floats, twelve bytes a pixel.
        let photo = picture.to_rgb8();
        let held = peak_of(|| drop(photo::stretch(&photo, Size::new(64, 48))));
        assert!(held < 1 << 20, "{held} bytes to stretch it");
        let held = peak_of(|| drop(photo::cover(&photo, Size::new(64, 48), CropAnchor::CENTRE)));
        assert!(held < 2 << 20, "{held} bytes to cover with it");
    });
}

/// Breaks when an index of a few bytes in a file of holes can have gigabytes made ready: every frame of one byte, and one
/// frame as large as the file.
#[test]
fn a_video_full_of_holes_is_refused() {
    alone("media::strangers::a_video_full_of_holes_is_refused", || {
        let folder = Folder::new();
        let path = folder.file("valid.mp4");
        let size = Size::new(64, 48);
        let mut video = mp4::Mp4Writer::create(&path, size, 24, mp4::Quality::Small, "{}").unwrap();
        video.write(&super::scene::frame(size, 0)).unwrap();
        video.finish().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let sizes = bytes.windows(4).position(|word| word == b"stsz").unwrap() as u64;
        let holes = |same: u32, count: u32| {
            let path = folder.put("holes.mp4", &bytes);
            let mut file = File::options().write(true).open(&path).unwrap();
            file.set_len(1100 << 20).unwrap();
            file.seek(SeekFrom::Start(sizes + 8)).unwrap();
            file.write_all(&[same.to_be_bytes(), count.to_be_bytes()].concat())
                .unwrap();
            path
        };
        for (same, count, part) in [
            (1, 1_000_000_000, "claims to have 1000000000 frames"),
            (1, 1_000_001, "claims to have 1000001 frames"),
            (1_000_000_000, 1, "a frame claims to have 1000000000 bytes"),
        ] {
            let path = holes(same, count);
            let mut said = String::new();
            let held = peak_of(|| said = mp4::Mp4Reader::open(&path).err().unwrap().to_string());
            assert!(said.contains(part), "{said}");
            assert!(held < 1 << 20, "{held} bytes are held");
        }
    });
}

/// Breaks when something that never answers keeps the program waiting.
#[test]
fn pipes_and_devices_are_not_waited_for() {
    let folder = Folder::new();
    let pipe = folder.file("pipe.png");
    let made = std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .unwrap();
    assert!(made.success());
    let link = folder.file("link.png");
    std::os::unix::fs::symlink(&pipe, &link).unwrap();
    for path in [
        pipe.as_path(),
        &link,
        Path::new("/dev/null"),
        Path::new("/dev/zero"),
    ] {
        let (send, receive) = std::sync::mpsc::channel();
        let path = path.to_owned();
        let named = path.display().to_string();
        let thread = std::thread::Builder::new().name("reader of a pipe".into());
        let read = move || {
            let picture = photo::open(&path).map(drop);
            let size = photo::size(&path).map(drop);
            let video = mp4::info(&path).map(drop);
            let settings = mp4::settings(&path).map(drop);
            let _ = send.send([picture, size, video, settings]);
        };
        drop(thread.spawn(read).unwrap());
        let answers = receive.recv_timeout(Duration::from_secs(20));
        for answer in answers.expect("it waits for the pipe") {
            let said = answer.unwrap_err().to_string();
            let sentence = "is not an ordinary file but a pipe or a device: give a file";
            assert_eq!(said, format!("{named} {sentence}"));
        }
    }
}
