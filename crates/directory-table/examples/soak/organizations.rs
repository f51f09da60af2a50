//! The organizations, and what a response may say about them.

use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How many there are. Each tenth has another one below its domain.
pub(crate) const COUNT: usize = 2_000;
/// How old a response may be while the table is in reach.
const STALENESS_MAX: Duration = Duration::from_secs(2);
/// For how long after a fault a service may still be affected by it: its requests have a time limit.
const AFTERMATH: Duration = Duration::from_secs(6);

/// What was asked.
pub(crate) struct Question {
    pub(crate) body: String,
    /// The organization that has to be found. `None` for nobody.
    expected: Option<usize>,
    /// Whether it is the one below the domain.
    child: bool,
}

/// What came back: a status, whether it says when to ask again, and the body. `None` if nothing did.
pub(crate) type Answer = Option<(u16, bool, String)>;

/// How a response is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As it should be, and so much older than the newest version as said.
    Right(Duration),
    /// 503, while something was wrong with the table.
    Unavailable,
    /// 503, while nothing was wrong.
    UnavailableForNothing,
    /// Older than it may be.
    Stale(Duration),
    /// Another organization than the right one, or one that is not there.
    Wrong,
    /// No response.
    Lost,
}

impl Verdict {
    /// Whether the service has not done what it has to.
    pub(crate) fn is_fault(self) -> bool {
        !matches!(self, Self::Right(_) | Self::Unavailable)
    }
}

/// The versions of each organization, and what is wrong with the table.
pub(crate) struct Organizations {
    /// When each version was committed.
    versions: Vec<Mutex<Vec<Instant>>>,
    /// When something was wrong with the table: from, until.
    faults: Mutex<Vec<(Instant, Option<Instant>)>>,
}

impl Organizations {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        Self { versions: (0..COUNT).map(|_| Mutex::new(vec![now])).collect(), faults: Mutex::default() }
    }

    /// The part of the file of an organization in its newest version, and in the next one if it is `renewed`.
    pub(crate) fn toml(&self, i: usize, renewed: bool) -> String {
        let version = self.versions[i].lock().unwrap().len() - usize::from(!renewed);
        format!(
            "[[tenants]]\ncode = \"t{i}\"\nname = \"v{version}\"\nclient_id = \"client{i}\"\nidentity_provider = \"P\"\n\
             domains = [\"t{i}.example\"]\nsubdomains = true\n"
        )
    }

    /// The whole file.
    pub(crate) fn file(&self) -> String {
        let child = |i: usize| {
            format!(
                "[[tenants]]\ncode = \"c{i}\"\nname = \"v0\"\nclient_id = \"child{i}\"\nidentity_provider = \"P\"\n\
                 domains = [\"lab.t{i}.example\"]\n"
            )
        };
        (0..COUNT).map(|i| self.toml(i, false) + &if i % 10 == 0 { child(i) } else { String::new() }).collect()
    }

    /// Notes that the next version of an organization is in the table.
    pub(crate) fn committed(&self, i: usize) {
        self.versions[i].lock().unwrap().push(Instant::now());
    }

    pub(crate) fn fault_begins(&self) {
        self.faults.lock().unwrap().push((Instant::now(), None));
    }

    pub(crate) fn fault_ends(&self) {
        if let Some(last) = self.faults.lock().unwrap().last_mut() {
            last.1 = Some(Instant::now());
        }
    }

    /// The question of this number.
    pub(crate) fn question(&self, number: u64) -> Question {
        let i = usize::try_from(number / 8).unwrap() % COUNT;
        let (domain, expected, child) = match number % 8 {
            0 => (format!("nobody{i}.test"), None, false),
            1 => (format!("x.t{i}.example"), Some(i), false),
            2 => (format!("lab.t{}.example", i / 10 * 10), Some(i / 10 * 10), true),
            _ => (format!("t{i}.example"), Some(i), false),
        };
        Question { body: format!("{{\"domain\":\"{domain}\"}}"), expected, child }
    }

    pub(crate) fn judge(&self, question: &Question, sent: Instant, answer: Answer) -> Verdict {
        let Some((status, says_when, body)) = answer else { return Verdict::Lost };
        let was_disturbed = self.was_disturbed(sent);
        match (status, question.expected) {
            (503, _) if says_when && was_disturbed => Verdict::Unavailable,
            (503, _) if says_when => Verdict::UnavailableForNothing,
            (200, None) if body == "{\"tenants\":[]}" => Verdict::Right(Duration::ZERO),
            (200, Some(i)) => match version_of(&body, i, question.child) {
                None => Verdict::Wrong,
                Some(_) if question.child => Verdict::Right(Duration::ZERO),
                Some(version) => self.judge_version(i, version, sent, was_disturbed),
            },
            _ => Verdict::Wrong,
        }
    }

    fn judge_version(&self, i: usize, version: usize, sent: Instant, was_disturbed: bool) -> Verdict {
        let versions = self.versions[i].lock().unwrap();
        // The next one may be there a moment before it is noted.
        if version > versions.len() {
            return Verdict::Wrong;
        }
        let newer = versions.get(version + 1).map_or(Duration::ZERO, |at| sent.saturating_duration_since(*at));
        if newer > STALENESS_MAX && !was_disturbed {
            Verdict::Stale(newer)
        } else {
            Verdict::Right(if was_disturbed { Duration::ZERO } else { newer })
        }
    }

    /// Whether something was wrong with the table when a request was sent, or not long before.
    fn was_disturbed(&self, sent: Instant) -> bool {
        let faults = self.faults.lock().unwrap();
        faults.iter().rev().take(3).any(|(from, until)| {
            *from <= sent + Duration::from_secs(6) && until.is_none_or(|until| sent < until + AFTERMATH)
        })
    }
}

/// The version in a response that has exactly this organization.
fn version_of(body: &str, i: usize, child: bool) -> Option<usize> {
    let code = if child { "c" } else { "t" };
    let rest = body.strip_prefix(&format!("{{\"tenants\":[{{\"code\":\"{code}{i}\",\"name\":\"v"))?;
    let (version, rest) = rest.split_once('"')?;
    (!rest.contains("\"code\"")).then(|| version.parse().ok())?
}
