// Answers on their way to the server. They are kept in the browser until the server has them, so a
// lost network or a closed tab loses nothing. One tab sends at a time, in order, and each letter
// carries a key of its own, so the server keeps each once, however often it is sent.

import { LettersInMemory, moveOld } from "./letters.js";
import { Away, Failing, newKey } from "./server.js";

const FIRST_WAIT = 1000; // milliseconds before the next try; doubles up to the longest
const LONGEST_WAIT = 30_000;

export class Outbox {
  /**
   * @param letters the store (letters.js).
   * @param person whose letters are sent (server.js).
   * @param send posts one letter with a token; returns a fetch Response.
   * @param on callbacks: change(), sent(letter, status, data), refused(letter), told(message), and
   *   reason(status, data), which says in words why the server took something not.
   */
  constructor(letters, person, send, on) {
    this.letters = letters;
    this.person = person;
    this.send = send;
    this.on = on;
    this.waiting = [];
    this.unkept = []; // on their way into the store
    this.refused = [];
    this.ofOthers = 0;
    this.isOffline = false;
    this.isFailing = false; // the server is there and has a fault
    this.isAway = false;
    this.wait = FIRST_WAIT;
    this.channel = new BroadcastChannel(`labelhub.outbox.${person.id}`);
    this.listen();
  }

  listen() {
    this.channel.addEventListener("message", async ({ data }) => {
      await this.look();
      this.on.told(data);
    });
    window.addEventListener("online", () => this.flush());
    window.addEventListener("offline", () => { this.isOffline = true; this.on.change(); });
    for (const name of ["focus", "visibilitychange"]) {
      window.addEventListener(name, () => { if (this.isAway && this.person.hasChanged) this.flush(); });
    }
    window.addEventListener("beforeunload", (event) => {
      if (!this.letters.isSafe && this.waiting.length) event.preventDefault();
    });
  }

  async start() {
    await moveOld(this.letters, newKey);
    await this.look();
  }

  /** Read again what waits; another tab may have added or sent some of it. */
  async look() {
    const user = this.person.id;
    const [kept, refused, ofOthers] = await Promise.all([
      this.letters.of(user), this.letters.refused(user), this.letters.ofOthers(user),
    ]);
    const keys = new Set(kept.map((letter) => letter.key));
    this.waiting = [...kept, ...this.unkept.filter((letter) => !keys.has(letter.key))];
    Object.assign(this, { refused, ofOthers });
    this.on.change();
  }

  has(assignment) {
    return this.waiting.some((letter) => letter.assignment === assignment && letter.kind !== "flag");
  }

  /** Keep a letter and send it when its turn comes. */
  async add(letter) {
    const whole = { ...letter, user: this.person.id, at: new Date().toISOString() };
    this.waiting.push(whole);
    this.unkept.push(whole);
    this.on.change();
    // Before it is on the disk: nobody shall begin to answer the same product in another tab.
    if (letter.kind !== "flag") this.channel.postMessage({ kind: "taken", assignment: letter.assignment });
    await this.keep(whole);
    this.unkept = this.unkept.filter((each) => each !== whole);
    this.on.change();
    this.channel.postMessage({ kind: "added" });
    this.flush();
  }

  async keep(letter) {
    try {
      await this.letters.add(letter);
    } catch {
      // The disk is full: what this page knows of goes on from memory, under the same keys.
      this.letters = new LettersInMemory();
      for (const each of this.waiting) await this.letters.add(each);
    }
  }

  /** Take back a letter that was never tried; tells whether it did. */
  async takeBack(letter) {
    const isBack = await this.letters.takeBack(letter.key);
    if (isBack) this.channel.postMessage({ kind: "returned", assignment: letter.assignment });
    await this.look();
    return isBack;
  }

  /** Write down what became of a letter, for the person to read. */
  async note(letter, reason) {
    await this.letters.refuse(letter, reason);
    await this.look();
  }

  /** Put away what was written down of these letters. */
  async dismiss(items) {
    for (const { number } of items) await this.letters.dismiss(number);
    this.channel.postMessage({ kind: "dismissed" });
    await this.look();
  }

  /** Send all that waits, unless another tab is at it. */
  flush() {
    this.isAsked = true;
    this.sending ??= this.sendWhileAsked().finally(() => { this.sending = null; });
    return this.sending;
  }

  async sendWhileAsked() {
    while (this.isAsked) {
      this.isAsked = false;
      clearTimeout(this.timer);
      await this.inTurn(() => this.sendAll());
    }
  }

  inTurn(work) {
    // Plain HTTP has no locks; two tabs may then send one letter twice, which the key makes harmless.
    return navigator.locks ? navigator.locks.request(`labelhub.outbox.${this.person.id}`, work) : work();
  }

  async sendAll() {
    try {
      for (;;) {
        const [letter] = await this.letters.of(this.person.id);
        if (!letter) break;
        if (navigator.onLine === false) throw new Error("offline");
        if (await this.letters.markTried(letter)) await this.deliver(letter);
        this.wait = FIRST_WAIT;
        Object.assign(this, { isOffline: false, isFailing: false, isAway: false });
      }
      if (navigator.onLine !== false) this.isOffline = false;
    } catch (fault) {
      this.later(fault);
    }
    this.on.change();
  }

  /** Hand over one letter; throw when it has to be tried again. */
  async deliver(letter) {
    const answer = await this.send(letter, await this.person.token());
    if (answer.status === 401 || answer.status === 403) throw new Away();
    if (answer.status >= 500 || answer.status === 429) throw new Failing();
    if (answer.ok) {
      const data = await answer.json();
      await this.letters.remove(letter);
      this.forget(letter);
      this.channel.postMessage({ kind: "sent", letter, status: answer.status });
      this.on.sent(letter, answer.status, data);
    } else {
      // Whatever stands between us and the server may answer with something else than JSON.
      const data = await answer.json().catch(() => ({}));
      await this.letters.refuse(letter, this.on.reason(answer.status, data));
      this.forget(letter);
      this.channel.postMessage({ kind: "refused" });
      this.on.refused(letter);
    }
    await this.look();
  }

  forget(letter) {
    this.waiting = this.waiting.filter((each) => each.key !== letter.key);
  }

  later(fault) {
    this.isAway = fault instanceof Away;
    this.isFailing = fault instanceof Failing;
    this.isOffline = !this.isAway && !this.isFailing;
    // A login in another window is noticed by its token, without asking the server again and again.
    const retry = () => (this.isAway && !this.person.hasChanged ? this.later(fault) : this.flush());
    clearTimeout(this.timer);
    this.timer = setTimeout(retry, this.isAway ? FIRST_WAIT : this.wait);
    if (!this.isAway) this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }
}
