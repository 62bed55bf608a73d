//! Annotations.

use super::super::grammar::{Node, Rule};
use super::Builder;
use super::constant::unquoted;
use crate::ast::{Annotation, AnnotationElement, Ident};

impl Builder<'_> {
    /// `@name(…)` or `@app:name(…)`.
    pub(in super::super) fn annotation(&self, node: Node<'_>) -> Option<Annotation> {
        let span = self.span(&node);
        let mut name = None;
        let mut elements = Vec::new();
        let mut annotations = Vec::new();
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::name => name = Some(self.ident(&part)),
                Rule::annotation_element => elements.push(self.annotation_element(part)?),
                Rule::annotation => annotations.push(self.annotation(part)?),
                _ => {}
            }
        }
        Some(Annotation { name: name?, elements, annotations, span })
    }

    fn annotation_element(&self, node: Node<'_>) -> Option<AnnotationElement> {
        let span = self.span(&node);
        let mut key = None;
        let mut value = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::annotation_key => key = Some(self.annotation_key(part)),
                Rule::string => value = Some(unquoted(Self::token(&part)).to_owned()),
                _ => {}
            }
        }
        Some(AnnotationElement { key, value: value?, span })
    }

    /// The parts and separators of a key run together without blanks.
    fn annotation_key(&self, node: Node<'_>) -> Ident {
        let span = self.span(&node);
        let mut name = String::new();
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::name => name.push_str(&self.ident(&part).name),
                Rule::string => name.push_str(unquoted(Self::token(&part))),
                _ => name.push_str(Self::token(&part)),
            }
        }
        Ident { name, span }
    }
}
