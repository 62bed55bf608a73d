//! What is measured: workloads as data, the same for this engine and its rival.
//!
//! The program of this package drives them (`cargo xtask bench`), the criterion benchmarks measure
//! the parts they rest on (`cargo bench --package siddhi-benches`). Both go through the public API.
//!
//! ```
//! use siddhi_benches::workload;
//! let filter = workload::all().into_iter().find(|it| it.name == "filter");
//! assert!(filter.is_some_and(|it| it.app.contains("price > 50")));
//! ```

pub mod feed;
pub mod workload;
