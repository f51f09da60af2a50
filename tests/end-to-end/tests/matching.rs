//! How an organization is found from what was typed.

use anyhow::Context;
use end_to_end::ordinary_journey;
use serde_json::json;

#[test]
fn the_field_takes_a_code_a_domain_or_an_email() {
    ordinary_journey("one-field", |w| async move {
        for typed in ["acme", "acme.example", "@acme.example", "ada@acme.example", " Acme "] {
            w.visits_first_time("/", "en", json!([])).await?;
            w.stays_when_leaving().await?;
            w.sends(typed, "#app .emblem").await.with_context(|| typed.to_owned())?;
            w.sees_heading("Taking you to Acme Corporation").await?;
        }
        Ok(())
    });
}

#[test]
fn domains_match_in_any_case_and_subdomains_where_the_tenant_allows_them() {
    ordinary_journey("subdomains", |w| async move {
        for (typed, leads_to) in [
            ("ada@EU.Globex.EXAMPLE", "#app .emblem"),
            ("ada@GLOBEX.example", "#app .emblem"),
            ("ada@notglobex.example", "[data-error=no_match]"),
            ("ada@eu.acme.example", "[data-error=no_match]"),
        ] {
            w.visits_first_time("/", "en", json!([])).await?;
            w.stays_when_leaving().await?;
            w.sends(typed, leads_to).await.with_context(|| typed.to_owned())?;
        }
        Ok(())
    });
}

/// The page is the same for a mailbox provider, an unknown domain and an unknown code, so that nobody can find out from
/// it which organizations are customers.
#[test]
fn every_identifier_without_a_match_gets_the_same_page() {
    ordinary_journey("enumeration", |w| async move {
        let mut pages = Vec::new();
        for subject in ["gmail.com", "googlemail.com", "nobody.example", "eu.nobody.example", "nobody"] {
            w.visits_first_time("/", "en", json!([])).await?;
            w.sends(subject, "[data-error=no_match]").await.with_context(|| subject.to_owned())?;
            pages.push(w.text().await?.replace(subject, "SUBJECT"));
        }
        pages.dedup();
        assert_eq!(pages.len(), 1, "{pages:#?}");
        // The message must not claim that there is or is no account.
        assert!(!pages[0].contains("account") && !pages[0].contains("customer"), "{}", pages[0]);
        Ok(())
    });
}

#[test]
fn the_account_may_have_another_email_than_the_one_typed() {
    ordinary_journey("other-name", |w| async move {
        w.open("/").await?;
        w.submit("office@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Alan Turing").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn a_chosen_organization_takes_precedence_over_the_emails_domain() {
    ordinary_journey("guest", |w| async move {
        // The link names Globex, and the email has Acme's domain, as for a guest at Globex.
        w.open("/?tenant=globex&login_hint=ada%40acme.example").await?;
        w.signs_in_at("GlobexOIDC", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("globex", "Globex").await?;
        // At the next visit, the guest can choose Globex from the recent organizations.
        w.devtools("Network.clearBrowserCookies", json!({})).await?;
        w.reopen("/?login_hint=ada%40acme.example").await?;
        w.chooses("Continue to Globex").await?;
        w.signs_in_at("GlobexOIDC", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("globex", "Globex").await
    });
}
