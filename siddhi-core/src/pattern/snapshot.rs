//! The matches of a pattern as a snapshot.

use serde::{Deserialize, Serialize};
use siddhi_state::{StateError, StateHolder, check_version, decode, encode};

use super::arena::Head;
use super::machine::Counts;
use super::operator::PatternOperator;
use crate::event::column::Column;

/// What a snapshot keeps: the matches one after the other, and the lists by their numbers.
#[derive(Serialize, Deserialize)]
struct Saved {
    counts: Counts,
    matches: Vec<Head>,
    /// What is kept of their events.
    columns: Vec<Column>,
    keys: Vec<SavedKey>,
}

#[derive(Serialize, Deserialize)]
struct SavedKey {
    key: u32,
    /// How many matches wait and how many come in, state by state. They are numbered in this order.
    lists: Vec<(usize, usize)>,
}

const VERSION: u32 = 1;

impl StateHolder for PatternOperator {
    fn schema_version(&self) -> u32 {
        VERSION
    }

    fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        let machine = &self.machine;
        let mut rows: Vec<u32> = Vec::new();
        let mut keys = Vec::new();
        for key in machine.keys() {
            let mut lists = Vec::new();
            for slot in 0..self.states {
                let before = rows.len();
                machine.waiting(key, slot, &mut rows);
                let waiting = rows.len();
                machine.incoming(key, slot, &mut rows);
                lists.push((waiting - before, rows.len() - waiting));
            }
            keys.push(SavedKey { key, lists });
        }
        encode(&Saved {
            counts: machine.counts,
            matches: rows.iter().map(|row| machine.arena.head(*row)).collect(),
            columns: machine.arena.gather(&rows),
            keys,
        })
    }

    fn restore(&mut self, version: u32, bytes: &[u8]) -> Result<(), StateError> {
        check_version("pattern", VERSION, version)?;
        let saved: Saved = decode(bytes)?;
        let kept = self.kept.iter().map(|kept| kept.data_type);
        if !saved.columns.iter().map(Column::data_type).eq(kept) {
            return Err(StateError::Damaged);
        }
        let machine = &mut self.machine;
        machine.clear();
        let rows: Vec<u32> = saved.matches.iter().map(|head| machine.take(*head)).collect();
        machine.arena.columns = saved.columns;
        let mut rows = rows.as_slice();
        for saved in saved.keys {
            machine.make_key(saved.key);
            for (slot, (waiting, incoming)) in saved.lists.into_iter().enumerate() {
                let (own, rest) = rows.split_at_checked(waiting).ok_or(StateError::Damaged)?;
                machine.wait(saved.key, slot, own);
                let (own, rest) = rest.split_at_checked(incoming).ok_or(StateError::Damaged)?;
                for row in own {
                    machine.add(saved.key, slot, *row);
                }
                rows = rest;
            }
        }
        machine.counts = saved.counts;
        Ok(())
    }
}
