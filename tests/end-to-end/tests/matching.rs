//! TODO

use anyhow::Context;
use end_to_end::ordinary_journey;
use serde_json::json;

/// Ask 3: accept a code, a domain or an email in one field.
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

/// Ask 4: match subdomains, opt-in, on label boundaries. Ask 5: ignore case in domains.
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

/// Ask 6: refuse consumer mailbox domains, synonyms included. Ask 9: no enumeration, not by page differences either.
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
        // The same email again, whoever owns it: what stands before the @ decides nothing.
        assert!(!pages[0].contains("account") && !pages[0].contains("customer"), "{}", pages[0]);
        Ok(())
    });
}

/// Ask 7: the email may differ from the account's name.
#[test]
fn the_account_may_have_another_email_than_the_one_typed() {
    ordinary_journey("other-name", |w| async move {
        w.open("/").await?;
        w.submit("office@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Alan Turing").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

/// Ask 10: a domain match must not override real membership.
#[test]
fn a_chosen_organization_takes_precedence_over_the_emails_domain() {
    ordinary_journey("guest", |w| async move {
        // A link says which organization, and the email is of another one's domain: a guest's.
        w.open("/?tenant=globex&login_hint=ada%40acme.example").await?;
        w.signs_in_at("GlobexOIDC", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("globex", "Globex").await?;
        // A guest's next visit: the organization is remembered, whatever the email's domain says.
        w.devtools("Network.clearBrowserCookies", json!({})).await?;
        w.reopen("/?login_hint=ada%40acme.example").await?;
        w.chooses("Continue to Globex").await?;
        w.signs_in_at("GlobexOIDC", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("globex", "Globex").await
    });
}
