//! Security headers, the Content Security Policy and Trusted Types.

use end_to_end::{Conditions, journey, ordinary_journey};
use serde_json::json;

#[test]
fn every_response_of_the_site_has_the_security_headers() {
    journey("headers", Conditions::config_apart(), |w| async move {
        // The policy also has the hashes of three inline parts of index.html. They are not compared here: if one were
        // wrong, the page would not work in the browser.
        let policy = format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
             connect-src 'self' {}; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'; \
             require-trusted-types-for 'script'; trusted-types default",
            w.hosted_ui
        );
        w.open("/").await?;
        w.settles().await?;
        let loaded = "return performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)";
        let mut paths: Vec<String> = serde_json::from_value(w.run_script(loaded).await?)?;
        for kind in [".wasm", ".js", "config.json"] {
            assert!(paths.iter().any(|path| path.ends_with(kind)), "no {kind} among {paths:?}");
        }
        let pages = ["/", "/callback", "/callback/acme", "/signed-out", "/no/such/page", "/no-such-file.js"];
        paths.extend(pages.map(str::to_owned));
        for path in paths {
            let response = reqwest::get(format!("{}{path}", w.picker)).await?;
            let sent = response.headers()["content-security-policy"].to_str()?;
            let mut hashed = sent.split(" 'sha256-");
            let before = hashed.next().unwrap_or_default().to_owned();
            let others: Vec<_> = hashed.filter_map(|hash| Some(hash.split_once('\'')?.1)).collect();
            assert_eq!(([before, others.concat()].concat(), others.len()), (policy.clone(), 3), "{path}");
            for (name, due) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                let values: Vec<_> = response.headers().get_all(name).iter().collect();
                assert_eq!(values, [due], "{name} of {path}");
            }
            assert!(response.headers().contains_key("strict-transport-security"), "{path}");
            assert!(response.headers().contains_key("permissions-policy"), "{path}");
        }
        Ok(())
    });
}

#[test]
fn without_hashes_in_the_policy_inline_parts_load_as_files() {
    // The service takes the hashes from index.html, which is empty here. Browsers get the pages' .br files.
    let files = vec![("index.html", ""), ("callback.html", "")];
    let conditions = Conditions { files, ..Conditions::default() };
    journey("no-hashes", conditions, |w| async move {
        let policy = reqwest::get(&w.picker).await?.headers()["content-security-policy"].to_str()?.to_owned();
        assert!(!policy.contains("sha256-"), "{policy}");
        w.signs_in_to_acme().await?;
        assert_ne!(w.run_script("return getComputedStyle(document.querySelector('main')).borderRadius").await?, "0px");
        let files = "return performance.getEntriesByType('resource').map(({ name }) => name)
            .filter((name) => name.startsWith(location.origin) && !/\\/$|main-/.test(name))
            .map((name) => name.replace(/.*[.]/, '')).sort()";
        assert_eq!(w.run_script(files).await?, json!(["css", "js", "js", "js", "json", "wasm", "wasm"]));
        Ok(())
    });
}

#[test]
fn markup_that_could_run_scripts_is_refused() {
    ordinary_journey("trusted-types", |w| async move {
        w.open("/").await?;
        w.settles().await?;
        let let_in = "
            window.ran = [];
            const run = (name) => `window.ran.push('${name}')`;
            const script = (name) => document.body.append(
              Object.assign(document.createElement('script'), { [name]: '/boot.js' }));
            const frame = '<iframe srcdoc=\"x\"></iframe>';
            const tries = {
              script: () => { document.body.innerHTML += `<script>${run('script')}</` + 'script>' },
              handler: () => document.body.insertAdjacentHTML('beforeend', `<img src=x onerror=\"${run('handler')}\">`),
              frame: () => { document.getElementById('app').outerHTML = frame },
              fragment: () => document.createRange().createContextualFragment(`<svg onload=\"${run('fragment')}\">`),
              parser: () => new DOMParser().parseFromString(frame, 'text/html'),
              address: () => script('src'),
              text: () => script('text'),
              attribute: () => document.body.setAttribute('onclick', run('attribute')),
              timer: () => setTimeout(run('timer')),
              policy: () => trustedTypes.createPolicy('another', { createHTML: (html) => html }),
              again: () => trustedTypes.createPolicy('default', { createHTML: (html) => html }),
            };
            return Object.keys(tries).filter((name) => {
              try { tries[name](); return true } catch (error) { return !(error instanceof TypeError) }
            })";
        assert_eq!(w.run_script(let_in).await?, json!([]));
        // If markup passes the Trusted Types filter, the Content Security Policy must still stop its script.
        let slips = "
            addEventListener('error', ({ target }) => { window.broken = target.tagName }, true);
            document.body.insertAdjacentHTML('beforeend', '<img/src=x/onerror=window.ran.push(1)>')";
        if w.run_script(slips).await.is_ok() {
            w.waits_for_value("return window.broken === 'IMG'").await?;
        }
        assert_eq!(w.run_script("return window.ran").await?, json!([]));
        Ok(())
    });
}

#[test]
fn the_picker_does_not_show_in_an_iframe_of_another_site() {
    ordinary_journey("framed", |w| async move {
        for path in ["/", "/callback", "/signed-out"] {
            w.driver.goto(format!("{}/.well-known/jwks.json", w.hosted_ui)).await?;
            let frame = format!(
                "const frame = document.createElement('iframe');
                 frame.src = '{}{path}';
                 frame.onload = () => {{ window.loaded = true }};
                 document.body.append(frame);",
                w.picker
            );
            w.run_script(&frame).await?;
            w.waits_for_value("return window.loaded").await?;
            w.driver.enter_frame(0).await?;
            let shown = w.run_script("return [location.protocol, !!document.getElementById('ask')]").await?;
            assert_eq!(shown, json!(["chrome-error:", false]), "{path}");
            w.driver.enter_default_frame().await?;
        }
        Ok(())
    });
}
