use zoetrope::job::{Bench, Measurement, Part, Published, Size, Subject};

fn measured(runs: &[f64]) -> Measurement {
    Measurement {
        part: Part::Decode,
        units: 12,
        load: 1.0,
        first: 8.0,
        runs: runs.to_vec(),
        peak_memory: 0,
    }
}

#[test]
fn a_run_takes_the_median() {
    assert_eq!(measured(&[1.0, 2.0, 30.0]).seconds(), 2.0);
    assert_eq!(measured(&[1.0, 2.0, 4.0, 30.0]).seconds(), 3.0);
    assert_eq!(measured(&[3.0]).rate(), 4.0);
}

#[test]
fn names_are_read_as_they_are_written() {
    for part in Part::ALL {
        assert_eq!(part.to_string().parse(), Ok(part));
    }
    for name in ["t2v-1.3b", "ti2v-5b", "t2v-a14b", "i2v-a14b"] {
        let published: Published = name.parse().expect("it is one");
        assert_eq!(published.to_string(), name);
    }
    assert!("wan".parse::<Published>().is_err());
}

#[test]
fn sizes_and_frames_are_those_of_the_family() {
    let usual = Bench::of(Subject::Synthetic(Published::Ti2v5B));
    assert_eq!(usual.check(), Ok(()));
    // TI2V wants multiples of 32; the others are content with 16.
    let narrow = Size::new(48, 48);
    let of = |published| Bench {
        size: narrow,
        ..Bench::of(Subject::Synthetic(published))
    };
    assert!(of(Published::Ti2v5B).check().is_err());
    assert_eq!(of(Published::T2v1B).check(), Ok(()));
    let uneven = Bench { frames: 6, ..usual };
    assert!(uneven.check().is_err());
}
