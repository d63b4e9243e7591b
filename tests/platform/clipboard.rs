//! What of the clipboard a paste means.

use std::path::PathBuf;

use zoetrope::platform::clipboard::{Offer, Paste};

fn offer(file: bool, picture: bool, text: Option<&str>) -> Offer {
    Offer {
        files: file
            .then(|| PathBuf::from("/pictures/boat.png"))
            .into_iter()
            .collect(),
        picture: picture.then(|| vec![1, 2, 3]),
        text: text.map(Into::into),
    }
}

/// Breaks when a picture that was copied in Finder pastes its name: Finder offers that as text, and the icon as a picture.
#[test]
fn a_copied_file_is_the_file_wherever_it_is_pasted() {
    for typing in [false, true] {
        let pasted = offer(true, true, Some("boat.png")).choose(typing);
        assert_eq!(
            pasted,
            Some(Paste::Files(vec!["/pictures/boat.png".into()]))
        );
    }
}

/// Breaks when Copy Image in a browser, which offers the address as well, types the address into no field; or when what a
/// word processor offers as a picture, too, does not reach the prompt as text.
#[test]
fn between_picture_and_text_the_focus_decides() {
    let both = || offer(false, true, Some("https://example.org/boat.png"));
    assert_eq!(both().choose(false), Some(Paste::Picture(vec![1, 2, 3])));
    let text = Paste::Text("https://example.org/boat.png".into());
    assert_eq!(both().choose(true), Some(text));
    let picture = Some(Paste::Picture(vec![1, 2, 3]));
    assert_eq!(offer(false, true, None).choose(true), picture);
    assert_eq!(offer(false, true, Some("")).choose(true), picture);
}

#[test]
fn text_has_the_ends_of_lines_that_fields_know() {
    let pasted = offer(false, false, Some("a\r\nb")).choose(false);
    assert_eq!(pasted, Some(Paste::Text("a\nb".into())));
    assert_eq!(Offer::default().choose(true), None);
}
