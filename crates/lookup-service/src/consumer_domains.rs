//! The domains of consumer mailbox providers. Anybody can have an address there, so they belong to no organization.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::domain_name::{DomainName, ancestors};

static LIST: &str = include_str!("../consumer_domains.txt");
static DOMAINS: LazyLock<HashSet<&str>> = LazyLock::new(|| LIST.lines().collect());

/// Whether the domain is that of a consumer mailbox provider, or below it.
pub(crate) fn is_consumer_domain(domain: &DomainName) -> bool {
    ancestors(domain.as_str()).any(|name| DOMAINS.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_without_repetition_and_normalised() {
        let lines: Vec<&str> = LIST.lines().collect();
        assert!(lines.is_sorted_by(|a, b| a < b), "sort -u consumer_domains.txt in the C locale");
        for line in lines {
            assert_eq!(DomainName::parse(line).map(|d| d.to_string()).as_deref(), Ok(line));
        }
    }

    #[test]
    fn subdomains_count_and_look_alikes_do_not() {
        let check = |name: &str| is_consumer_domain(&DomainName::parse(name).unwrap());
        for name in ["gmail.com", "GoogleMail.com", "outlook.fr", "me.com", "pm.me", "vip.qq.com"] {
            assert!(check(name), "{name}");
        }
        for name in ["notgmail.com", "gmail.com.example", "acme.example"] {
            assert!(!check(name), "{name}");
        }
    }
}
