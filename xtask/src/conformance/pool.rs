//! Worker processes: each reads cases and answers them, one a line, and is replaced when it dies or
//! hangs, which fails the case it had and no other.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context;

use super::verdict::Verdict;

/// How much of a worker's error output is kept to explain its death.
const LAST_WORDS_BYTES: usize = 4096;

/// How workers are run.
pub(crate) struct Pool {
    /// Makes the command of a worker.
    pub command: fn() -> anyhow::Result<Command>,
    /// How many run side by side.
    pub workers: usize,
    /// How long one case may take.
    pub limit: Duration,
}

impl Pool {
    /// The verdicts of all cases, in their order.
    pub(crate) fn run(&self, cases: &[String]) -> anyhow::Result<Vec<Verdict>> {
        let next = AtomicUsize::new(0);
        let one_worker = || -> anyhow::Result<Vec<(usize, Verdict)>> {
            let mut answered = Vec::new();
            let mut worker = None;
            loop {
                // Relaxed: the counter hands out numbers and orders nothing else.
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(case) = cases.get(index) else { return Ok(answered) };
                let mut running = match worker.take() {
                    Some(running) => running,
                    None => Worker::start((self.command)()?)?,
                };
                match running.ask(case, self.limit) {
                    Ok(verdict) => {
                        answered.push((index, verdict));
                        worker = Some(running);
                    }
                    Err(end) => {
                        answered.push((index, Verdict::Failed(running.bury(end, self.limit))));
                    }
                }
            }
        };
        let mut verdicts = vec![None; cases.len()];
        thread::scope(|scope| -> anyhow::Result<()> {
            let workers: Vec<_> =
                (0..self.workers.max(1)).map(|_| scope.spawn(one_worker)).collect();
            for worker in workers {
                let answered =
                    worker.join().map_err(|_| anyhow::anyhow!("a thread panicked"))??;
                for (index, verdict) in answered {
                    if let Some(place) = verdicts.get_mut(index) {
                        *place = Some(verdict);
                    }
                }
            }
            Ok(())
        })?;
        verdicts
            .into_iter()
            .map(|verdict| verdict.context("a case was left without an answer"))
            .collect()
    }
}

/// Why a worker gives no answer.
enum End {
    /// It took too long.
    Hung,
    /// It is gone.
    Died,
    /// It said something else.
    Babbled(String),
}

struct Worker {
    process: Child,
    cases: ChildStdin,
    answers: Receiver<String>,
    last_words: Arc<Mutex<Vec<u8>>>,
}

impl Worker {
    #[allow(
        clippy::disallowed_methods,
        reason = "the two threads end with the process whose pipes they read"
    )]
    fn start(mut command: Command) -> anyhow::Result<Self> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("a worker does not start")?;
        let cases = process.stdin.take().context("a worker without standard input")?;
        let output = process.stdout.take().context("a worker without standard output")?;
        let mut errors = process.stderr.take().context("a worker without standard error")?;
        let (sender, answers) = mpsc::channel();
        // Both threads end when the worker's ends of the pipes close, which its death does.
        thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                let Ok(line) = line else { break };
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let last_words = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&last_words);
        thread::spawn(move || {
            let mut chunk = [0; 1024];
            while let Ok(count @ 1..) = errors.read(&mut chunk) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend_from_slice(chunk.get(..count).unwrap_or_default());
                let surplus = kept.len().saturating_sub(LAST_WORDS_BYTES);
                kept.drain(..surplus);
            }
        });
        Ok(Self { process, cases, answers, last_words })
    }

    fn ask(&mut self, case: &str, limit: Duration) -> Result<Verdict, End> {
        let sent = self.cases.write_all(case.as_bytes()).and_then(|()| self.cases.write_all(b"\n"));
        if sent.and_then(|()| self.cases.flush()).is_err() {
            return Err(End::Died);
        }
        match self.answers.recv_timeout(limit) {
            Ok(line) => serde_json::from_str(&line).map_err(|_| End::Babbled(line)),
            Err(RecvTimeoutError::Timeout) => Err(End::Hung),
            Err(RecvTimeoutError::Disconnected) => Err(End::Died),
        }
    }

    /// Ends the process and says what happened.
    fn bury(mut self, end: End, limit: Duration) -> String {
        if !matches!(end, End::Died) {
            // It may have ended by itself meanwhile; either way the wait below collects it.
            drop(self.process.kill());
        }
        let status =
            self.process.wait().map_or_else(|e| e.to_string(), |status| status.to_string());
        match end {
            End::Hung => format!("took over {} s", limit.as_secs_f64()),
            End::Babbled(line) => format!("the worker answered {line:?}"),
            End::Died => format!("the worker died ({status}){}", self.said()),
        }
    }

    fn said(&self) -> String {
        let words = self.last_words.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&words);
        let lines: Vec<&str> =
            text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let hint = |line: &&str| !line.starts_with("note: ");
        let text = lines.into_iter().filter(hint).collect::<Vec<_>>().join(" / ");
        if text.is_empty() { text } else { format!(": {text}") }
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    /// A worker that does as it is told.
    #[expect(clippy::unnecessary_wraps, reason = "a pool asks for a command that may fail")]
    fn shell() -> anyhow::Result<Command> {
        let mut command = Command::new("sh");
        command.arg("-c").arg(
            r#"while read -r case; do case "$case" in
                pass) echo '{"result":"passed"}' ;;
                skip) echo '{"result":"skipped","why":["joins"]}' ;;
                die) echo 'index out of bounds' >&2; kill -ABRT $$ ;;
                hang) exec sleep 60 ;;
                *) echo what ;;
            esac; done"#,
        );
        Ok(command)
    }

    fn verdicts(workers: usize, cases: &[&str]) -> Vec<Verdict> {
        let pool = Pool { command: shell, workers, limit: Duration::from_millis(700) };
        let cases: Vec<String> = cases.iter().map(|case| (*case).to_owned()).collect();
        pool.run(&cases).unwrap()
    }

    fn failure(verdict: &Verdict) -> &str {
        match verdict {
            Verdict::Failed(why) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_worker_that_dies_fails_its_case_and_is_replaced() {
        let found = verdicts(1, &["pass", "die", "pass", "skip"]);
        assert_eq!(found[0], Verdict::Passed);
        assert!(failure(&found[1]).starts_with("the worker died (signal: 6"), "{:?}", found[1]);
        assert_eq!(found[2], Verdict::Passed);
        assert_eq!(found[3], Verdict::Skipped(vec!["joins".to_owned()]));
    }

    #[test]
    fn a_worker_that_hangs_is_killed_and_replaced() {
        let found = verdicts(1, &["hang", "pass"]);
        assert_eq!(failure(&found[0]), "took over 0.7 s");
        assert_eq!(found[1], Verdict::Passed);
    }

    #[test]
    fn a_worker_that_babbles_is_replaced() {
        let found = verdicts(1, &["?", "pass"]);
        assert_eq!(failure(&found[0]), "the worker answered \"what\"");
        assert_eq!(found[1], Verdict::Passed);
    }

    #[test]
    fn verdicts_come_in_the_order_of_the_cases() {
        let found = verdicts(3, &["pass", "skip", "pass", "?", "pass", "skip"]);
        let words: Vec<&str> = found.iter().map(Verdict::word).collect();
        assert_eq!(words, ["passed", "skipped", "passed", "failed", "passed", "skipped"]);
    }
}
