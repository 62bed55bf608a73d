//! The paths of `@attributes` and `enclosing.element`: `$.a.b`, `a['b']`, `a[0]`.

use serde_json::Value as Json;

/// A path to one place in a JSON value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Path {
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Name(String),
    Index(usize),
}

impl Path {
    /// Reads a path; none when it is of a kind that leads to many places, or no path.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim();
        rest = rest.strip_prefix('$').unwrap_or(rest);
        let mut steps = Vec::new();
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[') {
                let (index, behind) = inner.split_once(']')?;
                let index = index.trim();
                let quoted = |quote| index.strip_prefix(quote)?.strip_suffix(quote);
                steps.push(match quoted('\'').or_else(|| quoted('"')) {
                    Some(name) => Step::Name(name.into()),
                    None => Step::Index(index.parse().ok()?),
                });
                rest = behind;
            } else {
                let name = rest.strip_prefix('.').unwrap_or(rest);
                let end = name.find(['.', '[']).unwrap_or(name.len());
                let (name, behind) = name.split_at(end);
                if name.is_empty() || name == "*" {
                    return None;
                }
                steps.push(Step::Name(name.into()));
                rest = behind;
            }
        }
        Some(Self { steps })
    }

    /// What stands there.
    pub(crate) fn find<'a>(&self, json: &'a Json) -> Option<&'a Json> {
        self.steps.iter().try_fold(json, |json, step| match step {
            Step::Name(name) => json.get(name),
            Step::Index(index) => json.get(index),
        })
    }

    /// The names on the way; none when there are indexes.
    pub(crate) fn names(&self) -> Option<Vec<&str>> {
        self.steps
            .iter()
            .map(|step| match step {
                Step::Name(name) => Some(name.as_str()),
                Step::Index(_) => None,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_one_place() {
        let json: Json = serde_json::from_str(r#"{"a":{"b c":[1,{"d":2}]}}"#).unwrap();
        let find = |path: &str| {
            Path::parse(path).and_then(|path| path.find(&json).map(ToString::to_string))
        };
        assert_eq!(find("$.a['b c'][1].d").as_deref(), Some("2"));
        assert_eq!(find("a[\"b c\"][0]").as_deref(), Some("1"));
        assert_eq!(find("a.x"), None);
        assert_eq!(find("$"), Some(json.to_string()));
        for wrong in ["$..a", "a[*]", "$.*", "a[0", "a[?(@.b)]"] {
            assert_eq!(Path::parse(wrong), None, "{wrong}");
        }
    }
}
