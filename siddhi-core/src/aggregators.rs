//! The built-in aggregators, one file each.

pub mod feed;
