//! The built-in model lies in the app, and the app is moved.

use std::path::{Path, PathBuf};

use zoetrope::catalog;
use zoetrope::job::{Checkpoint, Plan};

use crate::job::{checkpoint_of, request};

/// Breaks when an unfinished video of the built-in model cannot go on because the app was moved to Applications, or was run
/// from where macOS puts it for one start.
#[test]
fn the_built_in_model_is_found_where_the_app_is_now() {
    let own = catalog::built_in().unwrap();
    for before in [
        "/Users/a/Downloads/Zoetrope.app/Contents/Resources/demo",
        "/private/var/folders/x/AppTranslocation/5F/d/Zoetrope.app/Contents/Resources/demo",
    ] {
        let moved = Checkpoint {
            root: before.into(),
            tokenizer: Path::new(before).join("tokenizer.json"),
            ..own.clone()
        };
        assert_eq!(found_again(moved).checkpoint, own);
    }
}

/// Breaks when another model is taken for it, or one that is there is replaced.
#[test]
fn no_other_model_takes_its_place() {
    let own = catalog::built_in().unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    let copy = Checkpoint {
        root: folder.path().to_owned(),
        ..own.clone()
    };
    let other = Checkpoint {
        name: "Another".into(),
        root: PathBuf::from("/gone/model"),
        ..own
    };
    for model in [copy, other, checkpoint_of(zoetrope::job::Variant::Ti2v)] {
        assert_eq!(found_again(model.clone()).checkpoint, model);
    }
}

fn found_again(checkpoint: Checkpoint) -> Plan {
    let request = request("A boat");
    let output = PathBuf::from("/tmp/boat.mp4");
    let mut plan = Plan::new(&request, checkpoint, None, 0, output).unwrap();
    catalog::find_built_in_again(&mut plan);
    plan
}
