//! What the run found: failures, features not supported yet, and the counts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Write;
use std::path::Path;

use serde::Serialize;

use super::verdict::Verdict;

/// The verdicts of a run, with the names of their cases.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    cases: Vec<(String, Verdict)>,
    disputed: &'a BTreeSet<String>,
}

impl<'a> Report<'a> {
    /// Failures of `disputed` cases are told, but not counted.
    pub(crate) fn new(
        names: Vec<String>,
        verdicts: Vec<Verdict>,
        disputed: &'a BTreeSet<String>,
    ) -> Self {
        Self { cases: names.into_iter().zip(verdicts).collect(), disputed }
    }

    /// Whether no case failed that counts.
    pub(crate) fn is_success(&self) -> bool {
        self.failures(false).next().is_none()
    }

    fn failures(&self, disputed: bool) -> impl Iterator<Item = (&str, &str)> {
        self.cases.iter().filter_map(move |(name, verdict)| match verdict {
            Verdict::Failed(why) if self.disputed.contains(name) == disputed => {
                Some((name.as_str(), why.as_str()))
            }
            _ => None,
        })
    }

    /// Features that cases were skipped for, with the number of cases, the most wanted first.
    fn missing_features(&self) -> Vec<(&str, usize)> {
        let mut counts = BTreeMap::new();
        for (_, verdict) in &self.cases {
            if let Verdict::Skipped(features) = verdict {
                for feature in features.iter().collect::<BTreeSet<_>>() {
                    *counts.entry(feature.as_str()).or_insert(0) += 1;
                }
            }
        }
        let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }

    /// Prints it; the last line is `N passed, N failed, N skipped`.
    pub(crate) fn print(&self) {
        println!("{self}");
    }

    /// Writes one JSON object a line for each case.
    pub(crate) fn write_json(&self, file: &Path) -> anyhow::Result<()> {
        #[derive(Serialize)]
        struct Line<'a> {
            name: &'a str,
            result: &'a str,
            difference: Option<String>,
        }
        #[allow(clippy::disallowed_methods, reason = "the user names the file to write")]
        let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
        for (name, verdict) in &self.cases {
            let line = Line { name, result: verdict.word(), difference: verdict.explanation() };
            serde_json::to_writer(&mut out, &line)?;
            out.write_all(b"\n")?;
        }
        Ok(out.flush()?)
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, why) in self.failures(false) {
            writeln!(f, "failed: {name}\n    {why}")?;
        }
        for (name, _) in self.failures(true) {
            writeln!(f, "disputed: {name}")?;
        }
        for (name, verdict) in &self.cases {
            if *verdict == Verdict::Passed && self.disputed.contains(name) {
                writeln!(f, "disputed, but it passes: {name}")?;
            }
        }
        let missing = self.missing_features();
        if !missing.is_empty() {
            writeln!(f, "not supported yet, with the number of cases skipped for it:")?;
        }
        for (feature, count) in missing {
            writeln!(f, "{count:>6}  {feature}")?;
        }
        let count = |of: fn(&Verdict) -> bool| self.cases.iter().filter(|(_, it)| of(it)).count();
        let passed = count(|verdict| matches!(verdict, Verdict::Passed));
        let skipped = count(|verdict| matches!(verdict, Verdict::Skipped(_)));
        write!(f, "{passed} passed, {} failed, {skipped} skipped", self.failures(false).count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closes_with_the_counts_and_does_not_count_disputed_failures() {
        let names = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let skipped = Verdict::Skipped(vec!["joins".into(), "tables".into(), "joins".into()]);
        let verdicts = vec![
            Verdict::Passed,
            Verdict::Failed("x".into()),
            Verdict::Failed("y".into()),
            skipped,
        ];
        let disputed = BTreeSet::from(["a".to_owned(), "b".to_owned()]);
        let report = Report::new(names, verdicts, &disputed);
        assert_eq!(
            report.to_string(),
            "failed: c\n    y\ndisputed: b\ndisputed, but it passes: a\n\
             not supported yet, with the number of cases skipped for it:\n     1  joins\n     1  tables\n\
             1 passed, 1 failed, 1 skipped"
        );
        assert!(!report.is_success());
    }
}
