//! Inputs that are read ahead on threads of their own and merged by the time of their events.
//!
//! A thread reads only when it is asked to, so what is read ahead is bounded. The merge waits for
//! an input that may still bring an earlier event, and not for one that is followed and has
//! nothing for now: its events come when they come. So do those of a pipe that bring no time; only
//! files are then read in their order, so that runs are repeatable.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use siddhi_core::extension::{Buffer, Progress, Rejection, Schema, SourceError, SourceInput};

/// Rows that are read at once.
const ROWS_MAX: usize = 1024;
/// Buffers of one input that are being read or wait for their turn.
const READ_AHEAD: usize = 2;

/// What threads tell the merge.
pub(super) enum Message {
    /// An input was read.
    Filled(usize, Filled),
    /// The user wants the run to end.
    Stop,
}

/// What reading an input gave.
pub(super) struct Filled {
    buffer: Buffer,
    progress: Result<Progress, SourceError>,
    position: Option<(u64, u64)>,
}

/// The inputs.
pub(super) struct Feeds {
    inputs: Vec<Feed>,
    messages: Receiver<Message>,
    stopped: bool,
    /// The numbers of rows, for selections.
    pub(super) rows: Vec<u32>,
}

/// One input.
pub(super) struct Feed {
    pub(super) schema: Schema,
    pub(super) has_event_time: bool,
    /// A read may take as long as whoever writes likes.
    may_wait: bool,
    requests: Sender<()>,
    requested: usize,
    filled: std::collections::VecDeque<Buffer>,
    /// The next chunk of the first buffer.
    chunk: usize,
    state: State,
    /// Why it ended; told behind what it gave before.
    failure: Option<SourceError>,
    position: Option<(u64, u64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Reading,
    /// Nothing for now; to be asked again at this time of the system's clock.
    Idle {
        retry_at_ms: i64,
    },
    Finished,
}

/// What comes next.
pub(super) enum Next {
    /// A chunk of this input.
    Chunk(usize),
    /// Nothing for now: time may pass.
    Nothing,
    /// Never anything more.
    End,
}

impl Feeds {
    /// Starts to read inputs. `stop` is called once with what ends the run.
    pub(super) fn start(
        inputs: Vec<SourceInput>,
        stop: impl FnOnce(Sender<Message>) -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        let (sender, messages) = channel();
        stop(sender.clone())?;
        let mut feeds = Vec::new();
        for (index, input) in inputs.into_iter().enumerate() {
            let (requests, asked) = channel();
            feeds.push(Feed {
                schema: input.schema().clone(),
                has_event_time: input.has_event_time(),
                may_wait: input.may_wait(),
                requests,
                requested: 0,
                filled: std::collections::VecDeque::new(),
                chunk: 0,
                state: State::Reading,
                failure: None,
                position: None,
            });
            let sender = sender.clone();
            std::thread::Builder::new()
                .name(format!("input {index}"))
                .spawn(move || read(index, input, &asked, &sender))?;
        }
        let rows = (0..=u32::try_from(ROWS_MAX).unwrap_or(u32::MAX)).collect();
        Ok(Self { inputs: feeds, messages, stopped: false, rows })
    }

    /// The input of a number.
    pub(super) fn feed(&self, index: usize) -> Option<&Feed> {
        self.inputs.get(index)
    }

    /// The streams in the order of the inputs.
    pub(super) fn schemas(&self) -> impl Iterator<Item = &Schema> {
        self.inputs.iter().map(|feed| &feed.schema)
    }

    /// How much has been read, of how much, where all inputs know.
    pub(super) fn position(&self) -> Option<(u64, u64)> {
        self.inputs.iter().map(|feed| feed.position).try_fold((0, 0), |sum, position| {
            let position = position?;
            Some((sum.0 + position.0, sum.1 + position.1))
        })
    }

    /// The input whose chunk comes next; waits until that is known, at most until `wait_until_ms`.
    /// `rejected` gets what could not be read; `idle` is called before waiting.
    pub(super) fn next(
        &mut self,
        now_ms: impl Fn() -> i64,
        wait_until_ms: Option<i64>,
        mut rejected: impl FnMut(usize, Vec<Rejection>),
        mut idle: impl FnMut(),
    ) -> Result<Next, SourceError> {
        loop {
            if self.stopped {
                return Ok(Next::End);
            }
            self.request(now_ms());
            // Of several failures the first is told, not the one that is found first.
            let answers_soon = |feed: &Feed| feed.is_awaited() && !feed.may_wait;
            if !self.inputs.iter().any(answers_soon)
                && let Some(failure) = self.failure()
            {
                return Err(failure);
            }
            if let Some(index) = self.next_index() {
                if self.report(index, &mut rejected) {
                    return Ok(Next::Chunk(index));
                }
                continue;
            }
            if self.inputs.iter().all(|feed| feed.state == State::Finished) {
                return Ok(Next::End);
            }
            let retry = self.inputs.iter().filter_map(Feed::retry_at_ms).min();
            let wait_until = retry.into_iter().chain(wait_until_ms).min();
            let message = self.messages.try_recv().or_else(|_| {
                idle();
                match wait_until {
                    Some(until) => {
                        let wait = u64::try_from(until - now_ms()).unwrap_or(0);
                        self.messages.recv_timeout(Duration::from_millis(wait))
                    }
                    None => self.messages.recv().map_err(|_| RecvTimeoutError::Disconnected),
                }
            });
            match message {
                Ok(Message::Stop) => self.stopped = true,
                Ok(Message::Filled(index, filled)) => {
                    self.take(index, filled, now_ms());
                }
                Err(RecvTimeoutError::Timeout) => {
                    if wait_until_ms.is_some_and(|until| until <= now_ms()) {
                        return Ok(Next::Nothing);
                    }
                }
                // All threads are gone: there is nothing to come.
                Err(RecvTimeoutError::Disconnected) => return Ok(Next::End),
            }
        }
    }

    /// Asks threads to read on, where not enough has been read ahead.
    fn request(&mut self, now_ms: i64) {
        for feed in &mut self.inputs {
            match feed.state {
                State::Idle { retry_at_ms } if retry_at_ms > now_ms || feed.requested > 0 => {
                    continue;
                }
                State::Finished => continue,
                State::Idle { .. } | State::Reading => {}
            }
            while feed.requested + feed.filled.len() < READ_AHEAD {
                // A thread that is gone has told why in a message that is on its way.
                if feed.requests.send(()).is_err() {
                    break;
                }
                feed.requested += 1;
                if feed.state != State::Reading {
                    break;
                }
            }
        }
    }

    fn take(&mut self, index: usize, filled: Filled, now_ms: i64) {
        let Some(feed) = self.inputs.get_mut(index) else { return };
        let Filled { buffer, progress, position } = filled;
        feed.requested = feed.requested.saturating_sub(1);
        feed.position = position;
        if !buffer.ends.is_empty() || !buffer.rejections.is_empty() {
            feed.filled.push_back(buffer);
        }
        feed.state = match progress {
            Ok(Progress::More) => State::Reading,
            Ok(Progress::Idle { poll_ms }) => {
                let poll_ms = i64::try_from(poll_ms).unwrap_or(i64::MAX);
                State::Idle { retry_at_ms: now_ms.saturating_add(poll_ms) }
            }
            Ok(Progress::Finished) => State::Finished,
            Err(failure) => {
                feed.failure = Some(failure);
                State::Finished
            }
        };
    }

    /// Why an input ended, when all that it gave has been sent.
    fn failure(&mut self) -> Option<SourceError> {
        let mut done = self.inputs.iter_mut().filter(|feed| feed.filled.is_empty());
        done.find_map(|feed| feed.failure.take())
    }

    /// Tells what could not be read in the first buffer of an input. This happens in the order of
    /// the merge, so that it does not depend on threads. Says whether the buffer has events.
    fn report(&mut self, index: usize, rejected: &mut impl FnMut(usize, Vec<Rejection>)) -> bool {
        let Some(feed) = self.inputs.get_mut(index) else { return false };
        let Some(buffer) = feed.filled.front_mut() else { return false };
        if !buffer.rejections.is_empty() {
            rejected(index, std::mem::take(&mut buffer.rejections));
        }
        let has_events = !buffer.ends.is_empty();
        if !has_events {
            feed.filled.pop_front();
        }
        has_events
    }

    /// The input with the earliest event, of equal ones the first; none while an input that is
    /// awaited may bring an earlier one.
    fn next_index(&self) -> Option<usize> {
        let with_time = |(index, feed): (usize, &Feed)| Some((feed.next_time_ms()?, index));
        let (_, index) = self.inputs.iter().enumerate().filter_map(with_time).min()?;
        let has_event_time = self.inputs.get(index)?.has_event_time;
        let mut awaited = self.inputs.iter().filter(|feed| feed.is_awaited());
        awaited.all(|feed| feed.has_event_time && !has_event_time).then_some(index)
    }

    /// Goes behind the chunk that [`Feeds::next`] named.
    pub(super) fn advance(&mut self, index: usize) {
        if let Some(feed) = self.inputs.get_mut(index) {
            feed.chunk += 1;
            if feed.filled.front().is_some_and(|buffer| feed.chunk >= buffer.ends.len()) {
                feed.filled.pop_front();
                feed.chunk = 0;
            }
        }
    }
}

impl Feed {
    /// Whether the merge must wait for it, at least with what comes by its time.
    fn is_awaited(&self) -> bool {
        let has_order = self.has_event_time || !self.may_wait;
        has_order && self.state == State::Reading && self.filled.is_empty()
    }

    fn retry_at_ms(&self) -> Option<i64> {
        match self.state {
            State::Idle { retry_at_ms }
                if self.requested == 0 && self.filled.len() < READ_AHEAD =>
            {
                Some(retry_at_ms)
            }
            _ => None,
        }
    }

    /// The next chunk: its buffer and its rows.
    pub(super) fn chunk(&self) -> Option<(&Buffer, std::ops::Range<usize>)> {
        let buffer = self.filled.front()?;
        let end = *buffer.ends.get(self.chunk)?;
        let before = self.chunk.checked_sub(1).and_then(|before| buffer.ends.get(before));
        Some((buffer, before.copied().unwrap_or(0)..end))
    }

    /// The time of the next chunk. Events that bring no time happen when they are read, and what
    /// could not be read is told at once when there is nothing else.
    fn next_time_ms(&self) -> Option<i64> {
        let front = self.filled.front()?;
        if !self.has_event_time || front.ends.is_empty() {
            return Some(i64::MIN);
        }
        let (buffer, rows) = self.chunk()?;
        buffer.batch.timestamps.get(rows.start).copied()
    }
}

/// Reads an input as often as it is asked to.
fn read(index: usize, mut input: SourceInput, asked: &Receiver<()>, sender: &Sender<Message>) {
    while asked.recv().is_ok() {
        let mut buffer = Buffer::new(input.schema());
        // The merge waits for an answer to every request, so a thread must not die without one.
        let filled = catch_unwind(AssertUnwindSafe(|| input.fill(&mut buffer, 0, ROWS_MAX)));
        let progress = filled.unwrap_or_else(|_| {
            Err(SourceError::Other { message: "the source or its mapper panicked".into() })
        });
        let ended = !matches!(progress, Ok(Progress::More | Progress::Idle { .. }));
        let filled = Filled { buffer, progress, position: input.position() };
        if sender.send(Message::Filled(index, filled)).is_err() || ended {
            return;
        }
    }
}
