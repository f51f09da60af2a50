// <tenant-picker>: asks for the organization within a product's own login page, and goes to the picker, which signs in.
// It draws in light DOM, so the product's own style applies. docs/embedding.md describes it.
import { readIdentifier } from "./identifier.js";

/* global SENTENCES -- tools/embed.mjs replaces it: {tag: "sentence|sentence|…"} in all languages. */

/** From so many organizations on, the list has a search field. */
const LONG_LIST = 9;

/** For what the element draws, which has the attribute lang. A form of the host keeps its look, so nothing moves. */
const STYLE =
  ":where(tenant-picker>[lang] :is(label,input,button)){display:block;box-sizing:border-box;width:100%;min-height:44px;font:inherit}:where(tenant-picker ul){padding:0;list-style:none}";

const { HTMLElement = class {}, customElements } = globalThis;

const element = (name, properties, ...children) => {
  const created = Object.assign(document.createElement(name), properties);
  created.append(...children);
  return created;
};

/** Language and script of a tag, such as "zh-Hant" of "zh-TW", which is not "zh-Hans". */
const written = (tag) => String(new Intl.Locale(tag).maximize()).slice(0, 7);

/** Makes the element work. Returns a function that ends what is under way. */
const start = (host) => {
  const attribute = (name) => host.getAttribute(name);
  let lang = "en";
  try {
    const wanted = written(host.closest("[lang]")?.lang || navigator.language);
    lang = Object.keys(SENTENCES).find((tag) => written(tag) === wanted) ?? lang;
  } catch {}
  const [field, next, lookingUp, choose, noMatch, unavailable] = SENTENCES[lang].split("|");
  const localized = { lang, dir: "auto" };
  const picker = new URL(attribute("picker") ?? ".", import.meta.url);

  let form = host.querySelector("form");
  if (!form) {
    const drawn = element("input", { name: "login_hint", inputMode: "email", autocomplete: "username" });
    form = element(
      "form",
      { ...localized, action: picker },
      element("label", {}, field, drawn),
      element("button", {}, next),
    );
    host.replaceChildren(form);
  }
  const input = form.elements.login_hint;
  const output = element("div", { ...localized, role: "status" });
  form.after(output);
  input.value ||= attribute("login-hint") ?? "";

  /** The lookup that is under way. An earlier one is not acted on. */
  let current;
  const show = (...children) => {
    current = undefined;
    form.ariaBusy = input.ariaInvalid = null;
    output.replaceChildren(...children);
  };
  const dispatch = (type, detail, cancelable) =>
    host.dispatchEvent(new CustomEvent(type, { detail, cancelable, bubbles: true, composed: true }));

  /** An address of the picker. Its fragment reaches no server. */
  const address = (query, loginHint) => {
    const returnTo = attribute("return-to") ?? form.elements.return_to?.value;
    if (returnTo) query.return_to = new URL(returnTo, location);
    return `${picker}?${new URLSearchParams({ ...query, lang })}#${new URLSearchParams({ login_hint: loginHint ?? "" })}`;
  };
  const fail = (message, reason, status) => {
    show(element("p", {}, message), element("a", { href: address({}, input.value), target: "_top" }, picker.host));
    input.ariaInvalid = true;
    dispatch("tenant-picker-error", { reason, status });
  };
  const select = (tenant, loginHint) => {
    // Only the picker signs out of the last organization, which a strict one needs.
    if (dispatch("tenant-selected", { tenant, loginHint }, tenant.isolation !== "strict")) {
      top.location.href = address({ tenant: tenant.code }, loginHint);
    } else {
      show();
    }
  };
  const list = (tenants, loginHint) => {
    const items = tenants.map((tenant) => {
      const onclick = () => select(tenant, loginHint);
      const domain = tenant.domain ? ` (${tenant.domain})` : "";
      return element("li", {}, element("button", { type: "button", dir: "auto", onclick }, tenant.name + domain));
    });
    const heading = element("p", { tabIndex: -1 }, choose);
    show(heading, element("ul", {}, ...items));
    if (items.length >= LONG_LIST) {
      const search = element("input", { type: "search", ariaLabel: choose });
      search.oninput = () => {
        for (const item of items) item.hidden = !item.textContent.toLowerCase().includes(search.value.toLowerCase());
      };
      heading.after(search);
    }
    heading.focus();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = readIdentifier(input.value);
    if (!typed) return fail(field, "identifier_malformed");
    const { loginHint, ...body } = typed;
    show(element("p", {}, lookingUp));
    form.ariaBusy = true;
    const mine = (current = {});
    let status, tenants;
    try {
      const response = await fetch(new URL(attribute("lookup") ?? "v1/lookup", picker), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        credentials: "omit",
        redirect: "error",
        signal: AbortSignal.timeout(15e3),
      });
      status = response.status;
      const found = (await response.json()).tenants;
      if (found.every(({ code, name }) => code.trim() && name.trim())) tenants = found;
    } catch {}
    if (mine !== current) return;
    if (status !== 200) fail(unavailable, status ? "lookup_refused" : "lookup_unreachable", status);
    else if (!tenants) fail(unavailable, "lookup_malformed", status);
    else if (!tenants[0])
      fail(
        noMatch.replace("*", () => Object.values(body)[0]),
        "no_match",
        status,
      );
    else if (tenants[1]) list(tenants, loginHint);
    else select(tenants[0], loginHint);
  });
  addEventListener("pageshow", ({ persisted }) => persisted && show());
  return show;
};

export class TenantPicker extends HTMLElement {
  #end;

  connectedCallback() {
    const begin = () => (this.#end ??= start(this));
    // The parser may not have reached the form inside yet.
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", begin);
    else begin();
  }

  disconnectedCallback() {
    this.#end?.();
  }
}

if (customElements && !customElements.get("tenant-picker")) {
  customElements.define("tenant-picker", TenantPicker);
  const style = new CSSStyleSheet();
  style.replaceSync(STYLE);
  document.adoptedStyleSheets.unshift(style);
}
