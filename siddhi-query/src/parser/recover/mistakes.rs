//! All mistakes of one piece, each mended to find the next.

use pest::Parser as _;

use super::super::explain;
use super::super::grammar::{Grammar, Node, Rule};
use super::super::scan::Scan;
use super::super::tree::Builder;
use super::patch::Patch;
use crate::diagnostic::{Applicability, Code, Diagnostic, Severity};

/// So many mistakes of one statement are reported.
const TOLD_MAX: usize = 20;
/// So many are looked for: how many more there are is told, too.
const FOUND_MAX: usize = 100;

/// Reports what is wrong with `original`, which begins at `base`. Gives back what the text would
/// hold without its mistakes.
pub(in super::super) fn mistakes<P: Default>(
    original: &str,
    base: usize,
    rule: Rule,
    build: impl Fn(&mut Builder<'_>, Node<'_>, &mut P),
    found: &mut Vec<Diagnostic>,
) -> Option<P> {
    let mut all = Vec::new();
    let parts = search(original, base, rule, build, &mut all);
    let more = all.len().saturating_sub(TOLD_MAX);
    let mut told: Vec<Diagnostic> = all.into_iter().take(TOLD_MAX).collect();
    if more > 0
        && let Some(last) = told.pop()
    {
        told.push(last.with_note(match more {
            1 => "1 more mistake of this statement is not shown".to_owned(),
            _ if more >= FOUND_MAX - TOLD_MAX => {
                format!("{more} or more mistakes of this statement are not shown")
            }
            _ => format!("{more} more mistakes of this statement are not shown"),
        }));
    }
    found.append(&mut told);
    parts
}

/// Finds mistake by mistake, each mended before the next is looked for.
fn search<P: Default>(
    original: &str,
    base: usize,
    rule: Rule,
    build: impl Fn(&mut Builder<'_>, Node<'_>, &mut P),
    found: &mut Vec<Diagnostic>,
) -> Option<P> {
    let mut patch = Patch::new(original, base);
    let mut guessed = false;
    for _ in 0..FOUND_MAX {
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
