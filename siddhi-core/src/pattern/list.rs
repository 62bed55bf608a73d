//! Lists of matches that live in links between the rows of the arena.

/// No row.
pub(super) const NONE: u32 = u32::MAX;

/// A list: its first and last row. Where it goes on stands in a [`Links`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct List {
    pub(super) head: u32,
    pub(super) tail: u32,
}

impl List {
    pub(super) const EMPTY: Self = Self { head: NONE, tail: NONE };

    #[inline]
    pub(super) fn is_empty(self) -> bool {
        self.head == NONE
    }
}

/// The neighbours of each row in the one list of a kind that it stands in.
///
/// A row can stand in as many lists as there are `Links` for it: one for the lists of the states,
/// one for the buckets of their indexes.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// Before and behind.
    of: Vec<[u32; 2]>,
}

const BEFORE: usize = 0;
const BEHIND: usize = 1;

impl Links {
    /// Makes place for rows below `rows`.
    #[inline]
    pub(super) fn grow(&mut self, rows: usize) {
        if self.of.len() < rows {
            self.of.resize(rows, [NONE; 2]);
        }
    }

    #[inline]
    fn set(&mut self, row: u32, side: usize, to: u32) {
        if let Some(place) = self.of.get_mut(row as usize).and_then(|sides| sides.get_mut(side)) {
            *place = to;
        }
    }

    #[inline]
    fn sides(&self, row: u32) -> [u32; 2] {
        self.of.get(row as usize).copied().unwrap_or([NONE; 2])
    }

    /// The row behind another.
    #[inline]
    pub(super) fn behind(&self, row: u32) -> u32 {
        self.sides(row)[BEHIND]
    }

    /// The row before another.
    pub(super) fn before(&self, row: u32) -> u32 {
        self.sides(row)[BEFORE]
    }

    /// Puts a row at the end of a list.
    #[inline]
    pub(super) fn push_back(&mut self, list: &mut List, row: u32) {
        if let Some(sides) = self.of.get_mut(row as usize) {
            *sides = [list.tail, NONE];
        }
        if list.is_empty() {
            list.head = row;
        } else {
            self.set(list.tail, BEHIND, row);
        }
        list.tail = row;
    }

    /// Takes a row out of the list that it stands in.
    #[inline]
    pub(super) fn unlink(&mut self, list: &mut List, row: u32) {
        let [before, behind] = self.sides(row);
        if before == NONE {
            list.head = behind;
        } else {
            self.set(before, BEHIND, behind);
        }
        if behind == NONE {
            list.tail = before;
        } else {
            self.set(behind, BEFORE, before);
        }
    }

    /// Hangs one list behind another and empties it.
    #[inline]
    pub(super) fn append(&mut self, list: &mut List, more: &mut List) {
        if more.is_empty() {
            return;
        }
        if list.is_empty() {
            *list = *more;
        } else {
            self.set(list.tail, BEHIND, more.head);
            self.set(more.head, BEFORE, list.tail);
            list.tail = more.tail;
        }
        *more = List::EMPTY;
    }

    /// Puts the rows of a list, in order, behind those in `rows`.
    #[inline]
    pub(super) fn collect(&self, list: List, rows: &mut Vec<u32>) {
        let mut row = list.head;
        while row != NONE {
            rows.push(row);
            row = self.behind(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn behave_like_vectors(steps in proptest::collection::vec((0_u32..3, 0_u32..20), 1..60)) {
            let mut links = Links::default();
            links.grow(20);
            let mut lists = [List::EMPTY; 2];
            let mut model: [Vec<u32>; 2] = [Vec::new(), Vec::new()];
            for (step, row) in steps {
                let place = (row % 2) as usize;
                let holder = model.iter().position(|rows| rows.contains(&row));
                match (step, holder) {
                    (0 | 1, None) => {
                        links.push_back(&mut lists[place], row);
                        model[place].push(row);
                    }
                    (0 | 1, Some(holder)) => {
                        links.unlink(&mut lists[holder], row);
                        model[holder].retain(|known| *known != row);
                    }
                    _ => {
                        let [first, second] = &mut lists;
                        links.append(first, second);
                        let more = std::mem::take(&mut model[1]);
                        model[0].extend(more);
                    }
                }
                for (list, rows) in lists.iter().zip(&model) {
                    let mut found = Vec::new();
                    links.collect(*list, &mut found);
                    prop_assert_eq!(&found, rows);
                }
            }
        }
    }
}
