//! What each tenant has done: counted by its sessions as they go, recorded once an interval.
//!
//! A session counts in numbers of its own ([`Tally`]), puts them into its worker's [`Till`] whenever it has nothing more to do, and the till is
//! emptied into the tenants' [`Meter`]s a few times a second. So nothing on a transaction's way is shared between threads.

mod counts;
mod meter;
mod metering;
mod record;
mod refusal;
mod tally;
mod till;

pub use counts::Counts;
pub use meter::{Delta, Labels, Meter, Present, Snapshot, Spreads};
pub use metering::Metering;
pub use record::{Interval, Record};
pub use refusal::{REFUSALS, Refusal};
pub use tally::Tally;
pub use till::{Place, Till};
