//! The inputs that the fuzz targets keep are read without a panic, and each within its share of memory.

#[path = "../fuzz/readers.rs"]
pub mod readers;

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use crate::support::alone::alone;
use readers::{Place, Reader};

/// Breaks when a reader believes a size or an offset that a file claims.
#[test]
fn kept_inputs_do_no_harm() {
    alone("hostile::kept_inputs_do_no_harm", || {
        let place = Place::new().unwrap();
        for reader in readers::ALL {
            let corpus = Path::new("fuzz/corpus").join(reader.name);
            let inputs: Vec<_> = fs::read_dir(&corpus).unwrap().collect();
            assert!(inputs.len() > 1, "{} is empty", corpus.display());
            for input in inputs {
                let path = input.unwrap().path();
                println!("{}", path.display());
                reader.try_on(&fs::read(path).unwrap(), &place);
            }
        }
    });
}

/// Breaks when a reader that floods the memory would go unnoticed.
#[test]
fn memory_is_watched() {
    alone("hostile::memory_is_watched", || {
        let place = Place::new().unwrap();
        let flood = Reader {
            read: |_| drop(vec![1_u8; 1 << 24]),
            ..readers::PLAN
        };
        flood.try_on(&vec![0; 1 << 24], &place);
        assert!(catch_unwind(|| flood.try_on(&[0; 100], &place)).is_err());
    });
}
