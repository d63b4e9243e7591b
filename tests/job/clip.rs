use std::time::Duration;

use zoetrope::job::{Clip, Size};

/// Breaks when a frame begins in the middle of another, or half a frame is shown.
#[test]
fn frames_are_cut_where_they_end() {
    let pixels: Vec<u8> = (0..2 * 12 + 5).collect();
    let clip = Clip::new(Size::new(2, 2), 4.0, pixels);
    assert_eq!(clip.len(), 2);
    assert_eq!(clip.frame(1), Some(&(12..24).collect::<Vec<u8>>()[..]));
    assert_eq!(clip.frame(2), None);
    assert_eq!(clip.frames().len(), 2);
    assert_eq!(clip.duration(), Duration::from_millis(500));
}

/// Breaks when a clip without frames, a size or a pace stops the program.
#[test]
fn nothing_is_a_clip_too() {
    for size in [Size::new(0, 0), Size::new(4, 4)] {
        let clip = Clip::new(size, 0.0, Vec::new());
        assert!(clip.is_empty() && clip.frame(0).is_none());
        assert_eq!(clip.duration(), Duration::ZERO);
    }
}

/// Breaks when a file of a few hundred kilobytes, which can hold a thousand frames of any size, fills the memory with them.
#[test]
fn a_clip_in_memory_has_a_limit() {
    let usual = Size::new(1280, 704);
    assert_eq!(Clip::size_of(usual, 121, None), usual);
    let small = Size::new(640, 352);
    assert_eq!(Clip::size_of(usual, 121, Some(small)), small);
    for (own, frames) in [
        (Size::new(3840, 2160), 1000),
        (Size::new(65534, 65534), 8_000_000),
        (usual, 4093),
    ] {
        let size = Clip::size_of(own, frames, None);
        let pixels = size.area() * frames as u64;
        assert!(3 * pixels <= 1 << 30 || size == Size::new(1, 1), "{size}");
    }
    let large = Size::new(3840, 2160);
    let aspect = Clip::size_of(large, 1000, None).aspect();
    assert!((aspect - large.aspect()).abs() < 0.01, "{aspect}");
}
