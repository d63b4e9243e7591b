//! PyTorch files that are damaged or malicious: one sentence each, and nothing is ever run.

use super::files::Folder;
use super::pickles::{Cut, Pickle, WHOLE, archive, archive_of, zip};
use super::{assert_says, failure, open};

/// What opening a file of these bytes says.
#[track_caller]
fn says(bytes: &[u8], parts: &[&str]) {
    let folder = Folder::new();
    let message = failure(open(&folder.file("broken.pth", bytes)));
    assert_says(&message, &["broken.pth "]);
    assert_says(&message, parts);
}

/// The classic attack: a pickle that calls `os.system` when it is loaded.
#[test]
fn a_pickle_that_calls_a_function() {
    let attack = Pickle::new()
        .global("os", "system")
        .text("touch owned")
        .op(0x85)
        .op(b'R')
        .stop();
    says(
        &archive(&attack),
        &["asks to run os.system", "refused", "nothing in it was run"],
    );

    // The same in the newer protocol, and as an item beside sound tensors.
    let attack = Pickle::new().text("posix").text("system").op(0x93).stop();
    says(&archive(&attack), &["asks to run posix.system"]);
    let hidden = Pickle::new()
        .dict()
        .text("w")
        .tensor(&WHOLE)
        .text("x")
        .global("builtins", "eval")
        .end()
        .stop();
    says(&archive(&hidden), &["asks to run builtins.eval"]);

    // Functions of torch's own that would load or run more.
    for name in [
        "load",
        "_load_from_bytes",
        "_rebuild_device_tensor_from_numpy",
    ] {
        let attack = Pickle::new().global("torch", name).stop();
        says(&archive(&attack), &[&format!("asks to run torch.{name}")]);
    }
}

/// Instructions that build or import in other ways are not known at all.
#[test]
fn instructions_that_no_checkpoint_needs() {
    let class = Pickle::new().global("collections", "OrderedDict");
    says(
        &archive(&class.clone().op(b')').op(0x81).stop()),
        &["instruction 0x81"],
    ); // NEWOBJ
    says(
        &archive(&Pickle::new().op(b'(').op(b'i').stop()),
        &["instruction 0x69"],
    ); // INST
    says(
        &archive(&Pickle::new().op(0x82).op(1).stop()),
        &["instruction 0x82"],
    ); // EXT1
    says(
        &archive(&Pickle::new().op(b'P').stop()),
        &["instruction 0x50"],
    ); // PERSID
    let call = class.numbers(&[1, 2]).op(b'R').stop();
    says(&archive(&call), &["calls something in a way"]);
}

/// A pickle that breaks off, or takes more than it has.
#[test]
fn a_pickle_that_makes_no_sense() {
    let pickle = Pickle::new().dict().text("w").tensor(&WHOLE).end().stop();
    for length in 0..pickle.len() {
        says(
            &archive(&pickle[..length]),
            &["is damaged: its list of tensors"],
        );
    }
    for (bytes, part) in [
        (&b"t."[..], "ends a list that it never began"),
        (b"s.", "takes what it never made"),
        (b".", "takes what it never made"),
        (b"q\x01.", "takes what it never made"),
        (b"h\x01.", "fetches what it never stored"),
        (b"N)R.", "calls something that is no function"),
        (b"NNa.", "appends to something that is no list"),
        (b"NNNs.", "fills something that is no dictionary"),
        (b"(}((tt.", "holds no dictionary of tensors"),
        (b"NNb.", "gives attributes to something"),
        (b"NQ.", "names a storage wrongly"),
        (b"X\xff\xff\xff\xffa.", "breaks off"),
        (b"\x8d\xff\xff\xff\xff\xff\xff\xff\xffa.", "breaks off"),
        (b"\x8a\xff.", "number too large"),
        (b"U\x01\xff.", "no text"),
        (b"N.", "holds no dictionary of tensors"),
        (b"}.", "holds no dictionary of tensors"),
        (b"(N}t", "breaks off"),
    ] {
        says(&archive(bytes), &[part]);
    }
}

/// Depth costs nothing here: a recursive reader would overflow its stack, and so would a recursive drop.
#[test]
fn deep_nesting() {
    let nested = |code: u8| {
        let mut pickle = Pickle::new().op(b'N').0;
        pickle.extend(vec![code; 1_000_000]);
        pickle.push(b'.');
        pickle
    };
    says(&archive(&nested(0x85)), &["holds no dictionary of tensors"]); // TUPLE1
    says(&archive(&nested(b'(')), &["holds no dictionary of tensors"]); // MARK
    // A list within itself, and a dictionary that wraps itself.
    says(
        &archive(b"]q\x01h\x01a."),
        &["holds no dictionary of tensors"],
    );
    let circle = Pickle::new()
        .op(b'}')
        .op(b'q')
        .op(1)
        .text("model")
        .op(b'h')
        .op(1)
        .op(b's')
        .stop();
    says(&archive(&circle), &["holds no dictionary of tensors"]);
}

/// A few bytes must not become many: lists of lists, and more objects than any checkpoint has.
#[test]
fn small_files_cannot_ask_for_much_memory() {
    says(
        &archive(&vec![b'N'; 2_000_000]),
        &["far longer than a list of tensors"],
    );
    let mut remember = b"N".to_vec();
    remember.extend(vec![0x94; 2_000_000]); // MEMOIZE
    says(&archive(&remember), &["far longer than a list of tensors"]);
    says(
        &archive(&vec![b'N'; 1 << 25]),
        &["too large to describe one"],
    );
}

/// Breaks when a long name is copied as often as a pickle fetches it, which takes it four bytes each time.
#[test]
fn a_name_is_used_once() {
    let long = "w".repeat(1 << 20);
    let mut pickle = Pickle::new()
        .op(b'}')
        .text(&long)
        .op(b'q')
        .op(1)
        .tensor(&WHOLE)
        .op(b'q')
        .op(2)
        .op(b's');
    pickle.0.extend(b"h\x01h\x02s".repeat(1 << 20));
    says(
        &archive(&pickle.stop()),
        &["list of tensors has www", "w twice"],
    );
}

/// A storage that is not there, or not of the size that its tensor claims.
#[test]
fn storages_that_the_file_does_not_hold() {
    for (storage, elements, part) in [
        ("0", 7, "claims a storage of 7 numbers"),
        ("0", 5, "claims a storage of 5 numbers"),
        ("0", i32::MAX, "claims a storage"),
        ("0", -6, "names a storage wrongly"),
        ("1", 6, "needs archive/data/1, which the file lacks"),
        ("../data.pkl", 6, "which the file lacks"),
    ] {
        let cut = Cut {
            storage,
            elements,
            ..WHOLE
        };
        says(&archive_of(&cut), &[part]);
    }
}

/// Offsets, shapes and strides that lead out of the storage, are no numbers for them, or cannot be read in place.
#[test]
fn tensors_that_their_storage_does_not_hold() {
    const BEYOND: &str = "tensor w lies beyond the end";
    const WRONG: &str = "describes a tensor wrongly";
    const SCATTERED: &str = "transposed or with gaps";
    let cases: [(i32, &'static [i32], &'static [i32], &str); 11] = [
        (1, &[2, 3], &[3, 1], BEYOND),
        (i32::MAX, &[2, 3], &[3, 1], BEYOND),
        (-1, &[2, 3], &[3, 1], WRONG),
        (0, &[3, 3], &[3, 1], BEYOND),
        (0, &[-2, 3], &[3, 1], WRONG),
        (0, &[2], &[3, 1], WRONG),
        (0, &[1; 9], &[1; 9], WRONG),
        (0, &[3, 2], &[1, 3], SCATTERED),
        (0, &[2, 2], &[3, 1], SCATTERED),
        (0, &[i32::MAX; 3], &[1; 3], SCATTERED),
        (0, &[i32::MAX, i32::MAX], &[i32::MAX, 1], "impossible shape"),
    ];
    for (offset, shape, strides, part) in cases {
        let cut = Cut {
            offset,
            shape,
            strides,
            ..WHOLE
        };
        says(&archive_of(&cut), &[part]);
    }
}

/// Zips that are no checkpoints, are cut, or hold their entries in a way that cannot be read in place.
#[test]
fn zips_of_other_kinds() {
    let whole = archive_of(&WHOLE);
    for length in [4, 30, whole.len() / 2, whole.len() - 1] {
        says(
            &whole[..length],
            &["is cut short or damaged", "download it again"],
        );
    }
    says(&zip(&[("a.txt", b"hello")]), &["it has no data.pkl"]);
    says(&zip(&[]), &["it has no data.pkl"]);

    // The method of every entry changed to "deflated", in the entry itself and in the directory.
    let mut compressed = whole;
    for (signature, at) in [(b"PK\x03\x04", 8), (b"PK\x01\x02", 10)] {
        let starts: Vec<_> = (0..compressed.len() - 4)
            .filter(|&i| &compressed[i..i + 4] == signature)
            .collect();
        for start in starts {
            compressed[start + at] = 8;
        }
    }
    says(&compressed, &["archive/data.pkl, which is compressed"]);
}
