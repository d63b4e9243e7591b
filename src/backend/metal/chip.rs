//! Apple's chips, as far as they decide how long a video takes.

use std::fmt;
use std::str::FromStr;

use super::Number;

/// A generation of Apple's chips for Macs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generation {
    /// 2020. Computes bfloat16 by its float32 units.
    M1,
    /// 2022. As M1.
    M2,
    /// 2023.
    M3,
    /// 2024.
    M4,
    /// 2025. Its GPU has units for products of matrices.
    M5,
}

impl Generation {
    /// By the name that Metal gives a GPU's architecture: "applegpu\_g13s" is an M1 Max. Later ones count as the latest known.
    pub fn of_architecture(name: &str) -> Option<Self> {
        let number = name.strip_prefix("applegpu_g")?;
        let digits = number.trim_end_matches(|c: char| !c.is_ascii_digit());
        Some(match digits.parse::<u32>().ok()? {
            13 => Self::M1,
            14 => Self::M2,
            15 => Self::M3,
            16 => Self::M4,
            17.. => Self::M5,
            _ => return None,
        })
    }
}

/// How large a chip of a generation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// The plain one.
    Base,
    /// Pro.
    Pro,
    /// Max.
    Max,
    /// Two of the Max.
    Ultra,
}

/// A chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chip {
    /// Its generation.
    pub generation: Generation,
    /// Its size.
    pub tier: Tier,
}

/// A Mac: a chip and its memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mac {
    /// The chip.
    pub chip: Chip,
    /// All memory, in bytes.
    pub memory: u64,
}

/// What was read about the GPU of a chip.
struct Rates {
    /// float16 products, in 10¹² operations a second, as large products of MLX reach them.
    half: f64,
    /// Memory, in 10⁹ bytes a second.
    bandwidth: f64,
}

impl Chip {
    /// The largest configuration of each chip.
    ///
    /// Bandwidths are Apple's. Measured with MLX: M1 Max 7.9 TFLOP/s in float16
    /// ([mlx#4216](https://github.com/ml-explore/mlx/pull/4216)), M3 Ultra 17.4 (80 cores). The others are scaled from these by
    /// cores and clock; those of M5 by its units for products, which make halves about four times as fast.
    fn rates(self) -> Rates {
        use Generation::{M1, M2, M3, M4, M5};
        use Tier::{Base, Max, Pro, Ultra};
        let (half, bandwidth) = match (self.generation, self.tier) {
            (M1, Base) => (2.0, 68.0),
            (M1, Pro) => (4.0, 200.0),
            (M1, Max) => (7.9, 400.0),
            (M1, Ultra) => (15.0, 800.0),
            (M2, Base) => (2.8, 100.0),
            (M2, Pro) => (5.2, 200.0),
            (M2, Max) => (10.4, 400.0),
            (M2, Ultra) => (19.5, 800.0),
            (M3, Base) => (2.7, 100.0),
            (M3, Pro) => (4.8, 150.0),
            (M3, Max) => (9.8, 400.0),
            (M3, Ultra) => (17.4, 819.0),
            (M4, Base) => (3.0, 120.0),
            (M4, Pro) => (5.4, 273.0),
            (M4, Max) => (10.1, 546.0),
            (M4, Ultra) => (19.0, 1092.0),
            (M5, Base) => (13.0, 153.0),
            (M5, Pro) => (24.0, 307.0),
            (M5, Max) => (46.0, 614.0),
            (M5, Ultra) => (86.0, 1228.0),
        };
        Rates { half, bandwidth }
    }

    /// The half type in which products are fastest: M1 and M2 have no units for bfloat16.
    pub fn half(self) -> Number {
        if self.generation <= Generation::M2 {
            Number::F16
        } else {
            Number::Bf16
        }
    }

    /// Multiply-adds a second of large products.
    pub fn multiply_adds_per_second(self, number: Number) -> f64 {
        let emulated = number == Number::Bf16 && self.generation <= Generation::M2;
        // M5 multiplies exact float32 as the generation before it.
        let exact = number == Number::F32 && self.generation == Generation::M5;
        let share = if emulated {
            1.0 / 1.2
        } else if exact {
            0.28
        } else {
            1.0
        };
        share * self.rates().half * 1e12 / 2.0
    }

    /// Bytes a second between the GPU and memory.
    pub fn bytes_per_second(self) -> f64 {
        self.rates().bandwidth * 1e9
    }
}

impl Mac {
    /// What the GPU works well with, as Metal recommends it: two thirds of small memories, three quarters of large ones.
    pub fn working_set(self) -> u64 {
        const LARGE: u64 = 36_000_000_000;
        if self.memory < LARGE {
            self.memory / 3 * 2
        } else {
            self.memory / 4 * 3
        }
    }

    /// What other programs and the system leave, where nobody knows better.
    pub fn available(self) -> u64 {
        const SYSTEM: u64 = 4_000_000_000;
        self.memory.saturating_sub(SYSTEM)
    }
}

impl fmt::Display for Chip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tier = match self.tier {
            Tier::Base => "",
            Tier::Pro => " Pro",
            Tier::Max => " Max",
            Tier::Ultra => " Ultra",
        };
        write!(f, "{:?}{tier}", self.generation)
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} GB", self.chip, self.memory >> 30)
    }
}

impl FromStr for Mac {
    type Err = String;

    /// "M2-16GB", "m3pro-36gb", "M4 Max 128 GB".
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            format!(
                "no Mac is called \"{text}\": give chip and memory, as in M2-16GB or M4Max-128GB"
            )
        };
        let plain: String = text
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| letter.to_ascii_uppercase())
            .collect();
        let rest = plain.strip_suffix("GB").ok_or_else(wrong)?;
        let (generation, rest) = [
            ("M1", Generation::M1),
            ("M2", Generation::M2),
            ("M3", Generation::M3),
            ("M4", Generation::M4),
            ("M5", Generation::M5),
        ]
        .into_iter()
        .find_map(|(name, generation)| Some((generation, rest.strip_prefix(name)?)))
        .ok_or_else(wrong)?;
        let (tier, rest) = [
            ("PRO", Tier::Pro),
            ("MAX", Tier::Max),
            ("ULTRA", Tier::Ultra),
            ("", Tier::Base),
        ]
        .into_iter()
        .find_map(|(name, tier)| Some((tier, rest.strip_prefix(name)?)))
        .ok_or_else(wrong)?;
        let gigabytes: u64 = rest.parse().map_err(|_| wrong())?;
        if !(8..=1024).contains(&gigabytes) {
            return Err(wrong());
        }
        Ok(Self {
            chip: Chip { generation, tier },
            memory: gigabytes << 30,
        })
    }
}
