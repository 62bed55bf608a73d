//! The parser that pest makes of `siddhi.pest`.

/// The generated parser.
#[derive(pest_derive::Parser)]
#[grammar = "siddhi.pest"]
pub(super) struct Grammar;

/// A node of pest's.
pub(super) type Node<'t> = pest::iterators::Pair<'t, Rule>;

#[cfg(test)]
#[path = "../../tests/it/limits/nesting.rs"]
mod nesting;

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use pest::Parser as _;
    use pest::error::ErrorVariant;

    use super::nesting::{BRACKETS, MISTAKES, QUERIES};
    use super::{Grammar, Rule};

    /// The steps of the generated parser that a byte may take; reading an argument twice at each
    /// of so many levels takes more than any such number.
    const STEPS_PER_BYTE: usize = 1000;

    /// The rules with which whoever calls the parser begins, and those of recovery.
    const ENTRIES: &[Rule] = &[
        Rule::app,
        Rule::entry_first,
        Rule::entry_query,
        Rule::entry_partition,
        Rule::entry_on_demand,
        Rule::entry_expression,
    ];

    /// Whether the grammar reads the text, or refuses it, in a number of steps that its length
    /// allows. The limit is one of the whole process: other tests here read short texts only.
    fn is_linear(rule: Rule, text: &str) -> bool {
        pest::set_call_limit(NonZeroUsize::new(STEPS_PER_BYTE * text.len().max(1000)));
        let read = Grammar::parse(rule, text);
        !matches!(read, Err(error) if matches!(error.variant, ErrorVariant::CustomError { .. }))
    }

    fn check(text: &str) {
        for &rule in ENTRIES {
            assert!(is_linear(rule, text), "{rule:?} does too much work for {text}");
        }
    }

    #[test]
    fn the_work_is_linear_in_the_nesting_also_around_a_mistake() {
        for (shapes, levels) in [(BRACKETS, 30), (QUERIES, 15)] {
            for shape in shapes {
                check(&shape.of_depth(levels));
                for core in MISTAKES {
                    let text = shape.around(core, levels);
                    check(&text);
                    check(&format!("partition with (a of S) begin {text}; end"));
                    // Left open: the mistake is found at the end.
                    check(text.trim_end_matches([')', ']', ' ']));
                }
            }
        }
    }

    #[test]
    fn the_work_is_linear_in_the_length_also_before_a_mistake() {
        let parts = [
            ("from S[a", " + a", "] insert into O"),
            ("from S[a", " == 1 or a", "] insert into O"),
            ("from S[", "not ", "a] insert into O"),
            ("from S[a", " in T", "] insert into O"),
            ("from S[f(a", ", a", ")] insert into O"),
            ("from S", "[a]", " insert into O"),
            ("from S", "#f(a)", " insert into O"),
            ("from S", " -> S", " select 1 as x insert into O"),
            ("from S", ", S[a]", " select 1 as x insert into O"),
            ("from S", " -> not S for 1 sec -> S", " select 1 as x insert into O"),
            ("from S select a", ", a as b", " insert into O"),
            ("from S[a > ", "1 sec ", "] insert into O"),
            ("@a('x'", ", k='v'", ") from S insert into O"),
            ("", "@a('x')", " from S insert into O"),
            ("define stream S (a int", ", b int", ")"),
            ("from S select a from ", "S[a] from ", "S insert into O"),
        ];
        for (before, part, after) in parts {
            for mistake in ["", " a = b", " (", " )", " x y", " not"] {
                let many = part.repeat(100);
                check(&format!("{before}{many}{after}"));
                check(&format!("{before}{many}{mistake}{after}"));
                check(&format!("{before}{many}{mistake}"));
            }
        }
    }
}
