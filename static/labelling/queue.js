// The products in hand: what is on screen and what comes after it. They are claimed ahead, their
// leases renewed while the page is open, and given back when it closes.

import { post } from "./server.js";

const RENEW_EVERY = 5 * 60_000; // milliseconds; well within the lease of half an hour
const GIVE_UP_HIDDEN = 2 * 60 * 60_000; // milliseconds; a tab forgotten behind others lets go
const LEAST_AHEAD = 5;
const SHARE_AHEAD = 10; // one in ten of what is left, so that a small round has enough for everybody
const SOON = 2000; // milliseconds

export class Queue {
  /**
   * @param round addresses claim, renew, release; filter; most (the server's limit in hand); left().
   * @param outbox what waits to be sent; those products are no longer in hand.
   * @param on callbacks: added(assignments), front() when another product comes to the front,
   *   passed(assignment) for one that was on screen, empty(reason), stuck(status) when nothing is in
   *   hand and the server did not give anything; 0 when it was not reached.
   */
  constructor(assignments, round, outbox, on) {
    this.items = assignments;
    this.round = round;
    this.outbox = outbox;
    this.on = on;
    this.answered = new Set();
    this.isExhausted = false;
    this.isClosed = false;
    this.lastSeen = Date.now();
    this.isAlone = presence(round.channel);
    setInterval(() => this.renew(), RENEW_EVERY);
    document.addEventListener("visibilitychange", () => this.see());
    window.addEventListener("pagehide", () => this.release());
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.comeBack(); });
  }

  get current() {
    return this.items[0];
  }

  get ids() {
    return this.items.map((each) => each.id);
  }

  /** How many to hold: more where the round has plenty, so that a lost network is not noticed soon. */
  get ahead() {
    const share = Math.ceil(this.round.left() / SHARE_AHEAD);
    return Math.min(this.round.most, Math.max(LEAST_AHEAD, share));
  }

  /** What a letter tells of the products in hand, so that its reply brings the missing ones. */
  wants(letter) {
    const waiting = this.outbox.waiting.filter((each) => each.round === this.round.id && each.kind !== "flag");
    const holding = [...new Set([...this.ids, ...waiting.map((each) => each.assignment)])].filter((id) => id !== letter.assignment);
    const ahead = Math.min(this.round.most, this.ahead + holding.length - this.items.length);
    return { holding, ahead, ...this.narrowed };
  }

  get narrowed() {
    return Object.keys(this.round.filter).length ? { filter: this.round.filter } : {};
  }

  /** Take the product on screen as done; the next one comes to the front. */
  finish() {
    const done = this.items.shift();
    this.answered.add(done.id);
    this.on.front();
    return done;
  }

  /** Put a product back on screen. */
  putBack(assignment) {
    this.answered.delete(assignment.id);
    this.items = [assignment, ...this.items.filter((each) => each.id !== assignment.id)];
    this.on.front();
  }

  add(assignments) {
    const known = new Set(this.ids);
    const isNew = (each) => !known.has(each.id) && !this.answered.has(each.id) && !this.outbox.has(each.id);
    const fresh = assignments.filter(isNew);
    const wasEmpty = !this.items.length;
    this.items.push(...fresh);
    this.on.added(fresh);
    if (wasEmpty && fresh.length) this.on.front();
  }

  /** Products that are not ours any more; tells whether the one on screen was among them. */
  drop(ids) {
    const gone = new Set(ids);
    const before = this.current;
    this.items = this.items.filter((each) => !gone.has(each.id));
    if (before === this.current) return false;
    this.on.front();
    return true;
  }

  /** Claim what is missing. */
  async refill() {
    const isAllHere = this.items.length >= this.ahead || (this.isExhausted && this.items.length);
    if (this.isClosed || this.isClaiming || isAllHere || this.outbox.waiting.some((letter) => letter.kind !== "flag")) return;
    await this.claim(this.ahead);
  }

  async claim(count) {
    if (this.isClaiming) return null;
    this.isClaiming = true;
    const reply = await post(this.round.claim, { count, ...this.narrowed }).catch(() => null);
    this.isClaiming = false;
    if (reply?.ok) {
      const claimed = await reply.json();
      this.add(claimed);
      // Fewer than asked for: this is all there is, until somebody gives one back.
      this.isExhausted = claimed.length < count;
      // The last product may have been answered meanwhile, and its reply may have come before this one.
      if (!this.items.length) this.refill();
      return claimed;
    }
    if (reply?.status === 409) {
      this.isExhausted = true;
      if (!this.items.length) this.on.empty((await reply.json()).detail);
    } else if (!this.items.length) {
      this.on.stuck(reply?.status ?? 0);
      setTimeout(() => this.refill(), SOON);
    }
    return null;
  }

  /** The round takes no more answers: nothing is left to show. */
  close(reason) {
    this.isClosed = true;
    this.items = [];
    this.on.front();
    this.on.empty(reason);
  }

  async renew() {
    const isForgotten = document.hidden && Date.now() - this.lastSeen > GIVE_UP_HIDDEN;
    if (!this.items.length || isForgotten) return;
    const reply = await post(this.round.renew, { assignments: this.ids }).catch(() => null);
    if (!reply?.ok) return;
    const { passed } = await reply.json();
    const { current } = this;
    if (this.drop(passed.filter((id) => !this.outbox.has(id)))) this.on.passed(current);
    this.refill();
  }

  see() {
    const isBack = !document.hidden && Date.now() - this.lastSeen > RENEW_EVERY;
    this.lastSeen = Date.now();
    // Timers stand still while a computer sleeps.
    if (isBack) this.renew();
  }

  /** Give back what was not answered, unless another tab shows the same products. */
  release() {
    const ids = this.ids.filter((id) => !this.outbox.has(id));
    if (!ids.length || !this.isAlone()) return;
    // A page that was reloaded has renewed these leases by now: later ones are not given back.
    const until = this.items.map((each) => each.lease_expires_at).sort().at(-1);
    post(this.round.release, { assignments: ids, until }, { isLast: true }).catch(() => {});
  }

  /** The page was kept by the browser while another was shown; it had given everything back. */
  async comeBack() {
    const { current } = this;
    const claimed = await this.claim(Math.max(this.items.length, LEAST_AHEAD));
    if (!claimed) return;
    const held = new Set(claimed.map((each) => each.id));
    if (this.drop(this.ids.filter((id) => !held.has(id))) && current) this.on.passed(current);
  }
}

/** Keep track of other tabs on the same round; returns a function that tells whether there is none. */
function presence(name) {
  const me = Math.random();
  const others = new Set();
  const channel = new BroadcastChannel(name);
  const say = (word) => channel.postMessage({ word, from: me });
  channel.addEventListener("message", ({ data }) => {
    if (data.word === "bye") others.delete(data.from);
    else others.add(data.from);
    if (data.word === "hello") say("here");
  });
  window.addEventListener("pagehide", () => say("bye"));
  window.addEventListener("pageshow", () => say("hello"));
  return () => others.size === 0;
}
