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
