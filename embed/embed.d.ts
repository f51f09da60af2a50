import type { Tenant } from "./session.js";
export type { Tenant } from "./session.js";

/** The person has chosen an organization. If it is not cancelled, the top window goes to the picker. */
export interface TenantSelectedDetail {
  /** As the lookup returned it: check what you use, and take nothing from it that only your own server should decide. */
  readonly tenant: Tenant;
  /** The email address, if one was typed. */
  readonly loginHint?: string;
}

/** No organization was found, or the lookup failed. The element says so by itself. */
export interface TenantPickerErrorDetail {
  readonly reason: "identifier_malformed" | "no_match" | "lookup_unreachable" | "lookup_refused" | "lookup_malformed";
  /** The status of the lookup's response, if there is one. */
  readonly status?: number;
}

export interface TenantPickerEventMap extends HTMLElementEventMap {
  "tenant-selected": CustomEvent<TenantSelectedDetail>;
  "tenant-picker-error": CustomEvent<TenantPickerErrorDetail>;
}

/** The attributes of `<tenant-picker>`. */
export interface TenantPickerAttributes {
  /** The picker's address, with a slash at its end. The default is the folder that this script came from. */
  picker?: string;
  /** The lookup's address, if it is not `v1/lookup` at the picker. */
  lookup?: string;
  /** Where to go after signing in. config.json has to allow it. */
  "return-to"?: string;
  /** An email address to fill in. */
  "login-hint"?: string;
  /** The language, as a BCP 47 tag. The default is that of the page. */
  lang?: string;
}

/** `<tenant-picker>`. Importing this module defines it. */
export class TenantPicker extends HTMLElement {
  addEventListener<K extends keyof TenantPickerEventMap>(
    type: K,
    listener: (this: TenantPicker, event: TenantPickerEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "tenant-picker": TenantPicker;
  }
  namespace JSX {
    interface IntrinsicElements {
      "tenant-picker": TenantPickerAttributes & {
        children?: unknown;
        class?: string;
        className?: string;
        id?: string;
        ref?: unknown;
      };
    }
  }
}
