use super::*;
use crate::samples::{OTHER_POOL, Organizations, POOL, at_once, deployment, organization, organizations};
use proptest::prelude::*;

/// A person of an organization of the sample.
fn person(code: &str, groups: &[&str], domain: Option<&str>) -> Proof {
    let tenant = organizations().0.into_iter().map(|(tenant, _)| tenant).find(|tenant| tenant.code.as_str() == code);
    proof(tenant.unwrap(), groups.iter().map(ToString::to_string).collect(), domain.map(str::to_owned))
}

fn proof(tenant: Tenant, groups: Vec<String>, domain: Option<String>) -> Proof {
    Proof { issuer: tenant.issuer.clone().unwrap(), tenant, subject: Subject::sample(), groups, domain }
}

fn codes(tenants: &[Tenant]) -> Vec<&str> {
    tenants.iter().map(|tenant| tenant.code.as_str()).collect()
}

#[track_caller]
fn check(proof: &Proof, expected: &[&str]) {
    let found = at_once(tenants_of(proof, &organizations(), &NoExplicitMemberships, &deployment())).unwrap();
    assert_eq!(codes(&found), expected);
}

#[test]
fn the_organization_of_the_token_is_always_there_and_first() {
    check(&person("acme", &[], None), &["acme"]);
    check(&person("globex", &["tenant-acme"], Some("group.example")), &["globex", "acme", "far"]);
}

#[test]
fn a_group_makes_a_member_of_an_organization_of_the_same_pool() {
    check(&person("acme", &["tenant-hooli", "tenant-globex", "tenant-hooli"], None), &["acme", "hooli", "globex"]);
    check(&person("acme", &["tenant-far"], None), &["acme"]);
    for group in ["hooli", "tenant-", "tenant-HOOLI", "Tenant-hooli", "tenant_hooli", "tenant-hooli ", "tenant-nobody"]
    {
        check(&person("acme", &[group], None), &["acme"]);
    }
}

#[test]
fn a_domain_counts_only_where_the_tokens_organization_lists_it() {
    check(&person("acme", &[], Some("group.example")), &["acme", "globex", "far"]);
    check(&person("acme", &[], Some("hooli.example")), &["acme"]);
    check(&person("hooli", &[], Some("group.example")), &["hooli"]);
    check(&person("acme", &[], Some("nobody.example")), &["acme"]);
}

/// Memberships that are written down.
struct Written(&'static [&'static str]);

impl ExplicitMemberships for Written {
    async fn codes(&self, issuer: &Issuer, subject: &Subject) -> Result<Vec<TenantCode>, Unavailable> {
        assert_eq!((issuer.as_str(), subject.secret()), (POOL, "sample"));
        Ok(self.0.iter().map(|code| TenantCode::try_from((*code).to_owned()).unwrap()).collect())
    }
}

#[test]
fn written_memberships_may_be_of_any_pool_and_unknown_ones_are_passed_over() {
    let written = Written(&["far", "gone", "acme", "hooli"]);
    let proof = person("acme", &["tenant-initech"], None);
    let found = at_once(tenants_of(&proof, &organizations(), &written, &deployment())).unwrap();
    assert_eq!(codes(&found), ["acme", "far", "hooli", "initech"]);
}

/// Nothing answers.
struct Silent;

impl Directory for Silent {
    async fn find(&self, _: &LookupRequest) -> Result<Vec<Tenant>, Unavailable> {
        Err(Unavailable)
    }
}

#[test]
fn a_directory_that_does_not_answer_is_no_empty_answer() {
    let proof = person("acme", &["tenant-hooli"], None);
    let found = at_once(tenants_of(&proof, &Silent, &NoExplicitMemberships, &deployment()));
    assert_eq!(found, Err(Unavailable));
}

proptest! {
    #[test]
    fn nobody_learns_of_another_organization(
        rows in prop::collection::vec((prop::collection::btree_set("[abc]\\.example", 0..3), any::<bool>()), 1..7),
        groups in prop::collection::vec("(tenant-)?t[0-8]", 0..4),
        domain in prop::option::of("[abcd]\\.example"),
        own in any::<prop::sample::Index>(),
    ) {
        let rows: Vec<_> = rows.into_iter().enumerate().map(|(i, (domains, is_far))| {
            (organization(&format!("t{i}"), "P", if is_far { OTHER_POOL } else { POOL }), domains.into_iter().collect::<Vec<_>>())
        }).collect();
        let (tenant, listed) = own.get(&rows).clone();
        let proof = proof(tenant.clone(), groups.clone(), domain.clone());
        let found = at_once(tenants_of(&proof, &Organizations(rows.clone()), &NoExplicitMemberships, &deployment())).unwrap();
        prop_assert_eq!(&found[0], &tenant);
        for (row, domains) in &rows {
            let by_group = row.issuer == tenant.issuer && groups.contains(&format!("tenant-{}", row.code));
            let by_domain = domain.as_ref().is_some_and(|domain| listed.contains(domain) && domains.contains(domain));
            let times = found.iter().filter(|tenant| *tenant == row).count();
            prop_assert_eq!(times, usize::from(by_group || by_domain || *row == tenant), "{}", row.code);
        }
    }
}
