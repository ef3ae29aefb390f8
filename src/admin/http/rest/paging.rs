//! Long lists in pages.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Entries of a page, where nothing is said, and at most.
const PAGE: u32 = 100;
const LARGEST: u32 = 1000;

/// Which page.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// Entries at most: 100 where nothing is said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<Limit>,
    /// Entries to skip.
    offset: Option<u32>,
}

/// From 1 to 1000.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u32")]
pub(super) struct Limit(u32);

impl TryFrom<u32> for Limit {
    type Error = String;

    fn try_from(limit: u32) -> Result<Self, String> {
        match limit {
            1..=LARGEST => Ok(Limit(limit)),
            _ => Err(format!("limit is {limit}, and must be from 1 to {LARGEST}")),
        }
    }
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// Its entries.
    items: Vec<T>,
    /// Entries of the whole list.
    total: u64,
    /// What `offset` gives the next page; null: this was the last one.
    next: Option<u64>,
}

impl Paging {
    /// Cuts the page out of a list.
    pub(super) fn cut<S, T>(self, all: impl Iterator<Item = S>, show: impl Fn(S) -> T) -> Page<T> {
        let (limit, offset) = (u64::from(self.limit.map_or(PAGE, |limit| limit.0)), u64::from(self.offset.unwrap_or(0)));
        let (mut items, mut total) = (Vec::new(), 0);
        for one in all {
            if (offset..offset + limit).contains(&total) {
                items.push(show(one));
            }
            total += 1;
        }
        let next = Some(offset + limit).filter(|next| *next < total);
        Page { items, total, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_make_up_the_list() {
        let page = |offset: u32| Paging { limit: Some(Limit(4)), offset: Some(offset) }.cut(0..10, |one| one);
        assert_eq!((page(0).items, page(0).next, page(0).total), (vec![0, 1, 2, 3], Some(4), 10));
        assert_eq!((page(8).items, page(8).next), (vec![8, 9], None));
        assert_eq!((page(6).next, page(u32::MAX).items.len()), (None, 0));
        assert!(Limit::try_from(0).is_err() && Limit::try_from(1001).is_err());
    }
}
