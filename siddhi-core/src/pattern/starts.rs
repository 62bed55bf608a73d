//! Matches in the order in which they began, for lists that are in another.
//!
//! `within` takes the oldest matches out of a list, and where events are late the newest. Trees over
//! such lists find both: splay trees, in links between the rows of the arena, which all keys and
//! states share, so that nothing is allocated while the arena does not grow. What is done costs
//! O(log n) amortised, and O(1) where it is done near where the last was: so it is for matches that
//! come almost in the order in which they began.

use super::expiry::visit;
use super::list::NONE;

/// The side of the matches that began earlier.
pub(super) const OLDEST: usize = 0;
/// The side of those that began later.
pub(super) const NEWEST: usize = 1;

/// A tree over the matches of one list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tree {
    pub(super) root: u32,
    /// What stands in the list behind this match is not in the tree yet.
    pub(super) until: u32,
}

impl Tree {
    pub(super) const EMPTY: Self = Self { root: NONE, until: NONE };
}

/// The trees of all lists.
#[derive(Debug)]
pub(super) struct Starts {
    /// By row, which means something only while the row is in a tree; the first is that of no row.
    nodes: Vec<Node>,
    /// How many matches have been put in.
    count: u64,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    start: i64,
    /// The running number of the match among those that have been put in, from 1.
    number: u64,
    /// The matches below it that began earlier and later.
    sides: [u32; 2],
}

impl Node {
    const EMPTY: Self = Self { start: 0, number: 0, sides: [NONE; 2] };
}

/// The place of a row's node: 0 for [`NONE`].
#[inline]
fn place(row: u32) -> usize {
    row.wrapping_add(1) as usize
}

impl Starts {
    pub(super) fn new() -> Self {
        Self { nodes: vec![Node::EMPTY], count: 0 }
    }

    #[inline]
    fn node(&self, row: u32) -> Node {
        self.nodes.get(place(row)).copied().unwrap_or(Node::EMPTY)
    }

    #[inline]
    fn side(&self, row: u32, side: usize) -> u32 {
        self.node(row).sides.get(side).copied().unwrap_or(NONE)
    }

    #[inline]
    fn set(&mut self, row: u32, side: usize, to: u32) {
        let node = self.nodes.get_mut(place(row));
        if let Some(side) = node.and_then(|node| node.sides.get_mut(side)) {
            *side = to;
        }
    }

    /// The number of a match: the later it was put in the higher.
    pub(super) fn number(&self, row: u32) -> u64 {
        self.node(row).number
    }

    /// Puts a match into a tree.
    pub(super) fn insert(&mut self, root: &mut u32, row: u32, start: i64) {
        let mut sides = [NONE; 2];
        if *root != NONE {
            let toward = |known: Node| if known.start > start { OLDEST } else { NEWEST };
            let top = self.splay(*root, toward);
            // The top is a neighbour of the new match, which takes its place.
            let known = self.node(top);
            let [older, newer] = known.sides;
            sides = if toward(known) == OLDEST { [older, top] } else { [top, newer] };
            self.set(top, toward(known), NONE);
        }
        if self.nodes.len() <= place(row) {
            self.nodes.resize(place(row) + 1, Node::EMPTY);
        }
        self.count += 1;
        if let Some(node) = self.nodes.get_mut(place(row)) {
            *node = Node { start, number: self.count, sides };
        }
        *root = row;
    }

    /// Brings the match to the root that began first or last.
    pub(super) fn bring(&mut self, root: &mut u32, side: usize) {
        if *root != NONE {
            *root = self.splay(*root, |_| side);
        }
    }

    /// Takes the match at the root out, which has been brought there from this side.
    pub(super) fn remove(&mut self, root: &mut u32, side: usize) {
        *root = self.side(*root, 1 - side);
    }

    /// Brings the last match on a way down to the root: top-down splaying as Sleator and Tarjan have
    /// it, which cuts off what is older and what is newer, and halves the way for the next one.
    fn splay(&mut self, root: u32, toward: impl Fn(Node) -> usize) -> u32 {
        let mut top = root;
        // Where the next match that is cut off is hung; the links of no row lead to the first ones.
        let (mut older, mut newer) = (NONE, NONE);
        loop {
            visit();
            let side = toward(self.node(top));
            let mut child = self.side(top, side);
            if child == NONE {
                break;
            }
            if toward(self.node(child)) == side {
                let between = self.side(child, 1 - side);
                self.set(top, side, between);
                self.set(child, 1 - side, top);
                top = child;
                child = self.side(top, side);
                if child == NONE {
                    break;
                }
            }
            let end = if side == OLDEST { &mut newer } else { &mut older };
            self.set(*end, side, top);
            *end = top;
            top = child;
        }
        let [oldest, newest] = self.node(top).sides;
        self.set(older, NEWEST, oldest);
        self.set(newer, OLDEST, newest);
        let [newer, older] = self.node(NONE).sides;
        self.set(top, OLDEST, older);
        self.set(top, NEWEST, newer);
        top
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn behave_like_sorted_vectors(
            steps in proptest::collection::vec((0_usize..4, 0_u32..40, -20_i64..20), 1..200),
        ) {
            let mut starts = Starts::new();
            let mut roots = [NONE; 2];
            let mut models: [Vec<(i64, u32)>; 2] = [Vec::new(), Vec::new()];
            for (step, row, start) in steps {
                let of = (row % 2) as usize;
                let (root, model) = (&mut roots[of], &mut models[of]);
                if step >= 2 {
                    if !model.iter().any(|(_, known)| *known == row) {
                        starts.insert(root, row, start);
                        model.push((start, row));
                        model.sort_by_key(|(start, row)| (*start, starts.number(*row)));
                    }
                    continue;
                }
                starts.bring(root, step);
                let end = if step == OLDEST { 0 } else { model.len().saturating_sub(1) };
                prop_assert_eq!(*root, model.get(end).map_or(NONE, |(_, row)| *row));
                if *root != NONE {
                    starts.remove(root, step);
                    model.remove(end);
                }
            }
        }
    }
}
