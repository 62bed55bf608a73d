//! Counts of true and false, for `and` and `or`.

use serde::{Deserialize, Serialize};

use super::group::Group;

/// How many are true and how many false. With `ALL`: is there a true one and no false one; else: is
/// there a true one.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Truths<const ALL: bool> {
    trues: i64,
    falses: i64,
}

impl<const ALL: bool> Group<bool> for Truths<ALL> {
    type Out = bool;

    fn add(&mut self, value: &bool) {
        *(if *value { &mut self.trues } else { &mut self.falses }) += 1;
    }

    fn remove(&mut self, value: &bool) {
        *(if *value { &mut self.trues } else { &mut self.falses }) -= 1;
    }

    fn value(&self) -> Option<bool> {
        Some(self.trues > 0 && !(ALL && self.falses > 0))
    }
}
