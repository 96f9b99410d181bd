// Requests to our own server. The token that forbids forged requests is read from its cookie each
// time, since a new login changes it; a page that stays open would otherwise send the old one.

const PATIENCE = 20_000; // milliseconds; a network that says nothing counts as gone

/** The present token of the browser; it changes with every login. */
export function token() {
  const cookie = document.cookie.split("; ").find((each) => each.startsWith("csrftoken="));
  return cookie?.slice("csrftoken=".length) ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

/** Post JSON; `isLast` lets the request outlive the page. */
export function post(address, body = {}, { isLast = false, as = token() } = {}) {
  return fetch(address, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": as },
    body: JSON.stringify(body),
    keepalive: isLast,
    signal: isLast ? undefined : AbortSignal.timeout(PATIENCE),
  });
}

/** Put markup that the server made (and cleaned) into an element. */
export function insert(markup, element) {
  const { body } = new DOMParser().parseFromString(markup, "text/html");
  element.replaceChildren(...body.childNodes);
}

/** A random id for an answer; plain HTTP has no crypto.randomUUID. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}

/**
 * Who is logged in, as far as this page may act for them.
 *
 * A token that was seen with the page's own person stays theirs: whoever logs in later gets another
 * one, and the server refuses a request that carries the old token with the new cookie.
 */
export class Person {
  constructor(id, address) {
    this.id = id;
    this.address = address;
    this.known = token();
  }

  /** The token to send as the page's person; throws `Away` when somebody else or nobody is logged in. */
  async token() {
    const present = token();
    if (present === this.known) return present;
    const answer = await fetch(this.address, { credentials: "same-origin", cache: "no-store" });
    const isOurs = answer.ok && !answer.redirected;
    const { person } = isOurs ? await answer.json() : {};
    if (person !== this.id) throw new Away();
    this.known = present;
    return present;
  }

  /** Tell whether somebody logged in since the page last spoke to the server. */
  get hasChanged() {
    return token() !== this.known;
  }
}

export class Away extends Error {}

/** The server answered that something is wrong with itself, or that it has too much to do. */
export class Failing extends Error {}
