//! All mistakes of one piece, each mended to find the next.

use pest::Parser as _;

use super::super::explain;
use super::super::grammar::{Grammar, Node, Rule};
use super::super::scan::Scan;
use super::super::tree::Builder;
use super::patch::Patch;
use crate::diagnostic::{Applicability, Code, Diagnostic, Severity};

/// So many mistakes of one statement are reported.
const MISTAKES_MAX: usize = 20;

/// Reports what is wrong with `original`, which begins at `base`: mistake by mistake, each mended
/// before the next is looked for. Gives back what the text would hold without them.
pub(in super::super) fn mistakes<P: Default>(
    original: &str,
    base: usize,
    rule: Rule,
    build: impl Fn(&mut Builder<'_>, Node<'_>, &mut P),
    found: &mut Vec<Diagnostic>,
) -> Option<P> {
    let mut patch = Patch::new(original, base);
    let mut guessed = false;
    for _ in 0..MISTAKES_MAX {
        let text = patch.text();
        let scan = Scan::new(&text);
        // A quote put right may lay open what was a text before.
        if super::super::refuse_size(&scan).is_some() {
            return None;
        }
        let masked = scan.masked();
        match Grammar::parse(rule, &masked) {
            Ok(nodes) => {
                let mut builder = Builder::new(&scan, 0);
                let mut parts = P::default();
                for node in nodes.flat_map(Node::into_inner) {
                    build(&mut builder, node, &mut parts);
                }
                let errors = builder.diagnostics.into_iter();
                found.extend(
                    errors.filter(|it| it.severity == Severity::Error).map(|it| patch.original(it)),
                );
                return Some(parts);
            }
            Err(error) => {
                let mut diagnostic = explain::explain(&scan, &error);
                // What is said about a text whose quotes and brackets are guessed is a guess too.
                if guessed {
                    diagnostic.doubt();
                }
                let fix = diagnostic.fixes.first();
                guessed |= shapes_what_follows(diagnostic.code)
                    && fix.is_some_and(|fix| fix.applicability == Applicability::MaybeIncorrect);
                let edits = fix.map(|fix| fix.edits.clone());
                found.push(patch.original(diagnostic));
                if !edits.is_some_and(|edits| patch.apply(&edits)) {
                    return None;
                }
            }
        }
    }
    None
}

/// Whether the mistake decides how all that follows it is to be read.
fn shapes_what_follows(code: Code) -> bool {
    matches!(code, Code::UNCLOSED | Code::TYPOGRAPHIC_QUOTE | Code::UNBALANCED_BRACKET)
}
