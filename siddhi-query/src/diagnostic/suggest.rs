//! Did you mean?

/// Of names of so many letters one may be wrong.
const SHORT_LETTERS_MAX: usize = 5;

/// The candidate that was most likely meant by `name`, or none that is near enough.
///
/// Case is ignored first; else a third of the letters, of short names one, may be wrong, left out,
/// too many, or swapped with their neighbour. Of equally near candidates the one that begins alike wins, then
/// the first.
///
/// ```
/// use siddhi_query::did_you_mean;
/// assert_eq!(did_you_mean("Strem", ["Trades", "Stream"]), Some("Stream"));
/// assert_eq!(did_you_mean("Quotes", ["Trades", "Stream"]), None);
/// ```
#[must_use]
pub fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let wanted: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
    let limit = match wanted.len() {
        // Two letters of so few make another word: `mean` is not nearly `max`.
        count @ 0..=SHORT_LETTERS_MAX => count.min(1),
        count => count.div_ceil(3).min(4),
    };
    let mut best: Option<((usize, usize), &str)> = None;
    for candidate in candidates {
        let letters: Vec<char> = candidate.chars().flat_map(char::to_lowercase).collect();
        if letters.len().abs_diff(wanted.len()) > limit {
            continue;
        }
        let distance = edit_distance(&wanted, &letters);
        // A word of which nothing is left is no suggestion.
        let near = distance <= limit && distance < letters.len();
        let alike = wanted.iter().zip(&letters).take_while(|(left, right)| left == right).count();
        let rank = (distance, wanted.len() - alike);
        if near && best.is_none_or(|(least, _)| rank < least) {
            best = Some((rank, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The number of letters inserted, left out, changed, or swapped with their neighbour (optimal
/// string alignment).
fn edit_distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let mut left_before = None;
    for (row, &l) in left.iter().enumerate() {
        let mut current = Vec::with_capacity(right.len() + 1);
        current.push(row + 1);
        let mut right_before = None;
        for (column, &r) in right.iter().enumerate() {
            let at =
                |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX - 1);
            let mut cost = (at(&last, column) + usize::from(l != r))
                .min(at(&last, column + 1) + 1)
                .min(at(&current, column) + 1);
            if left_before == Some(r) && right_before == Some(l) {
                cost = cost.min(at(&before, column.wrapping_sub(1)) + 1);
            }
            current.push(cost);
            right_before = Some(r);
        }
        before = std::mem::replace(&mut last, current);
        left_before = Some(l);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        for (name, candidates, expected) in [
            ("pirce", &["price", "prize"][..], Some("price")),
            ("PRICE", &["prize", "price"], Some("price")),
            ("symbl", &["price", "symbol"], Some("symbol")),
            ("a", &["b"], None),
            ("temperature", &["price", "symbol"], None),
            ("boolean", &["bool", "string"], Some("bool")),
            ("inser", &["inner", "insert"], Some("insert")),
            ("mean", &["max", "min"], None),
            ("round", &["count"], None),
            ("", &["a"], None),
        ] {
            assert_eq!(did_you_mean(name, candidates.iter().copied()), expected, "{name}");
        }
    }
}
