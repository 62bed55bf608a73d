//! Annotations and their elements.

use super::{Layout, constant, display};
use crate::ast::{Annotation, AnnotationElement};
use crate::names::{Place, is_bare_key, written};

display! {
    Annotation: |it: &Annotation| print(it, "@", Layout::TOP);
    AnnotationElement: element;
}

/// The annotation behind `mark`, which is `@`, or `@app:` for those of the app.
pub(super) fn print(annotation: &Annotation, mark: &str, layout: Layout) -> String {
    let name = written(&annotation.name, Place::Marked);
    let inner = layout.deeper();
    let items: Vec<String> = (annotation.elements.iter().map(element))
        .chain(annotation.annotations.iter().map(|nested| print(nested, "@", inner)))
        .collect();
    // Empty brackets are refused.
    if items.is_empty() {
        return format!("{mark}{name}");
    }
    layout.list(&format!("{mark}{name}("), &items, ")")
}

fn element(element: &AnnotationElement) -> String {
    let value = constant::string(&element.value);
    match &element.key {
        None => value,
        Some(key) if is_bare_key(&key.name) => format!("{}={value}", key.name),
        Some(key) => format!("{}={value}", constant::string(&key.name)),
    }
}
