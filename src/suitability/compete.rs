//! Where uses claim the same place: the land-use conflict identification of LUCIS, for any number of uses.
//!
//! The score of each use becomes a rank of 3 (wanted), 2 or 1 (hardly wanted). Two or more uses that share the highest rank compete, and that
//! rank is the degree. Where all uses share it the competition is major, where another use stands below it is moderate. Uses that all rank a
//! place lowest do not compete for it: nobody wants it.
//!
//! A use whose exclusions are undecided takes part with its provisional score and is named as undecided: it competes unless it turns out to
//! be excluded. A use of which nothing is known takes no part and is named too.

use super::{Score, Standing};

/// A score from these on ranks 3 and 2; below it ranks 1.
pub const RANK_LIMITS: [f64; 2] = [20.0 / 3.0, 10.0 / 3.0];

/// How hard a place is fought for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Contest {
    /// One use stands above all others, or nobody wants it.
    None,
    /// At least two uses want it equally, another wants it less.
    Moderate,
    /// All uses that could be here want it equally.
    Major,
}

/// What uses make of one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Competition {
    /// Rank of each use; `None` where it is excluded or unknown.
    pub ranks: Vec<Option<u8>>,
    /// How hard.
    pub contest: Contest,
    /// The highest rank, 1 to 3; 0 when no use could be ranked.
    pub degree: u8,
    /// Uses that hold the highest rank, by their place in the list: the winner, or those who compete.
    pub claimants: Vec<usize>,
    /// Uses of which the data do not say whether they could be here, or how well.
    pub undecided: Vec<usize>,
}

/// Compares uses unit by unit. Every inner slice holds one use's scores of all units.
pub fn compete(uses: &[&[Score]], limits: [f64; 2]) -> Vec<Competition> {
    let units = uses.iter().map(|s| s.len()).min().unwrap_or(0);
    (0..units)
        .map(|unit| {
            let rank = |s: &&[Score]| s[unit].provisional().map(|v| rank(v, limits));
            let open = |s: &[Score]| match s[unit].standing {
                Standing::Excluded => false,
                Standing::Undecided => true,
                Standing::Open => s[unit].get().is_none(),
            };
            Competition {
                undecided: (0..uses.len()).filter(|k| open(uses[*k])).collect(),
                ..one(uses.iter().map(rank).collect())
            }
        })
        .collect()
}

fn rank(score: f64, [high, middle]: [f64; 2]) -> u8 {
    // Scores are kept in single precision: a score at the limit counts as reaching it.
    let reaches = |limit: f64| score >= limit - 1e-6;
    1 + u8::from(reaches(middle)) + u8::from(reaches(high))
}

fn one(ranks: Vec<Option<u8>>) -> Competition {
    let degree = ranks.iter().flatten().copied().max().unwrap_or(0);
    let claimants: Vec<usize> = (0..ranks.len()).filter(|k| degree > 0 && ranks[*k] == Some(degree)).collect();
    let present = ranks.iter().flatten().count();
    let contest = match (degree, claimants.len()) {
        (0 | 1, _) | (_, 0 | 1) => Contest::None,
        (_, n) if n == present => Contest::Major,
        _ => Contest::Moderate,
    };
    Competition {
        ranks,
        contest,
        degree,
        claimants,
        undecided: vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_twenty_seven_cases_of_three_uses() {
        let (mut none, mut moderate, mut major) = (0, 0, 0);
        for a in 1..=3u8 {
            for b in 1..=3 {
                for c in 1..=3 {
                    let it = one(vec![Some(a), Some(b), Some(c)]);
                    let top = [a, b, c].into_iter().max().unwrap();
                    assert_eq!(it.degree, top);
                    match it.contest {
                        Contest::Major => {
                            assert!(a == b && b == c && a > 1);
                            major += 1;
                        }
                        Contest::Moderate => {
                            assert_eq!(it.claimants.len(), 2);
                            moderate += 1;
                        }
                        Contest::None => none += 1,
                    }
                }
            }
        }
        // Two equal and the third lower: 3 pairs × (33x: 2, 22x: 1); all equal without 111: 2.
        assert_eq!((moderate, major, none), (9, 2, 16));
    }

    #[test]
    fn who_is_excluded_or_unknown_does_not_compete() {
        assert_eq!(one(vec![None, Some(3), None]).contest, Contest::None);
        assert_eq!(one(vec![None, Some(3), Some(3)]).contest, Contest::Major);
        let nobody = one(vec![None, None]);
        assert_eq!((nobody.degree, nobody.contest, nobody.claimants.len()), (0, Contest::None, 0));
    }

    #[test]
    fn a_score_at_the_limit_reaches_it() {
        let score = |value: f32| Score {
            value,
            low: value,
            high: value,
            known: 1.0,
            standing: Standing::Open,
        };
        let (a, b) = ([score(20.0 / 3.0)], [score(6.6)]);
        let it = &compete(&[&a, &b], RANK_LIMITS)[0];
        assert_eq!((it.ranks.clone(), it.claimants.clone()), (vec![Some(3), Some(2)], vec![0]));
    }

    #[test]
    fn an_undecided_use_competes_by_its_provisional_score_and_is_named() {
        let score = |value: f32, standing| Score {
            value,
            low: value,
            high: value,
            known: 1.0,
            standing,
        };
        let (a, b) = ([score(8.0, Standing::Open)], [score(9.0, Standing::Undecided)]);
        let nothing = [score(f32::NAN, Standing::Open)];
        let out = [score(f32::NAN, Standing::Excluded)];
        let it = &compete(&[&a, &b, &nothing, &out], RANK_LIMITS)[0];
        assert_eq!(
            (it.contest, it.claimants.clone(), it.undecided.clone()),
            (Contest::Major, vec![0, 1], vec![1, 2])
        );
    }
}
