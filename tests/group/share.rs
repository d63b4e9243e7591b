//! Shares of an axis and the whole of them, without a network between: each rank is played in turn, first to hear what it
//! sends and then with what all have sent.

use std::cell::RefCell;
use std::rc::Rc;

use mlx_rs::Array;
use mlx_rs::ops::{concatenate, zeros_like};
use zoetrope::Result;
use zoetrope::group::{Group, Share};

use crate::support::values;

/// One of several ranks, and what it has heard.
struct Played {
    rank: usize,
    size: usize,
    sent: RefCell<Vec<Array>>,
    all: Option<Array>,
}

impl Group for Played {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn gather(&self, x: &Array) -> Result<Array> {
        self.sent.borrow_mut().push(x.clone());
        match &self.all {
            Some(all) => Ok(all.clone()),
            None => Ok(concatenate(&vec![zeros_like(x)?; self.size], 0)?),
        }
    }
}

fn played(rank: usize, size: usize, all: Option<Array>) -> Rc<Played> {
    Rc::new(Played {
        rank,
        size,
        sent: RefCell::default(),
        all,
    })
}

/// (2, length, 3), every number another.
fn whole(length: i32) -> Array {
    let numbers: Vec<f32> = (0..2 * length * 3).map(|number| number as f32).collect();
    Array::from_slice(&numbers, &[2, length, 3])
}

/// Breaks when tokens are lost, doubled or in another order where shares are not equal: grids of any size are cut for any
/// number of ranks.
#[test]
fn shares_of_any_length_make_the_whole_again() {
    for (length, size) in [(8, 2), (7, 2), (9, 4), (10, 4), (11, 4), (3, 3), (5, 4)] {
        let x = whole(length);
        let send = |rank: usize| {
            let group = played(rank, size, None);
            let share = Share::of(group.clone(), length);
            share.whole(&share.cut(&x, 1).unwrap(), 1).unwrap();
            let sent = group.sent.borrow();
            assert_eq!(sent.len(), 1, "one exchange");
            sent[0].clone()
        };
        let sent: Vec<Array> = (0..size).map(send).collect();
        assert!(
            sent.iter().all(|each| each.shape() == sent[0].shape()),
            "{length} for {size}: MLX gathers only what has one shape"
        );
        let all = concatenate(&sent, 0).unwrap();
        for rank in 0..size {
            let share = Share::of(played(rank, size, Some(all.clone())), length);
            let made = share.whole(&share.cut(&x, 1).unwrap(), 1).unwrap();
            assert_eq!(
                values(&made),
                values(&x),
                "{length} for {size}, rank {rank}"
            );
        }
    }
}

/// Breaks when one machine waits for another that was given twice as much.
#[test]
fn no_share_is_larger_than_another_by_more_than_one() {
    for (length, size) in [(7, 2), (9, 4), (97, 8), (1000, 3)] {
        let own = (0..size).map(|rank| Share::of(played(rank, size, None), length).own());
        let own: Vec<_> = own.collect();
        let lengths = own.iter().map(ExactSizeIterator::len);
        let (least, most) = (
            lengths.clone().min().unwrap(),
            lengths.clone().max().unwrap(),
        );
        assert!(most - least <= 1, "{length} for {size}: {own:?}");
        assert_eq!(lengths.sum::<usize>() as i32, length);
    }
}
