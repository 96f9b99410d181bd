// Answers on their way to the server. They are kept in the browser until the server has them, so a
// lost network or a closed tab loses nothing; the server keeps each once, however often it is sent.

const FIRST_WAIT = 1000; // milliseconds before the next try; doubles up to the longest
const LONGEST_WAIT = 30_000;

export class Outbox {
  /**
   * @param key where the waiting letters are kept: one a person and round.
   * @param send posts one letter; returns a fetch Response.
   * @param on callbacks: change(count, isOffline), sent(letter, data, isNew), refused(letter, reason), expired().
   */
  constructor(key, send, on) {
    this.key = key;
    this.send = send;
    this.on = on;
    this.letters = read(key).map((letter) => ({ ...letter, isFromBefore: true }));
    this.isSending = false;
    this.isOffline = false;
    this.wait = FIRST_WAIT;
    window.addEventListener("online", () => this.flush());
    window.addEventListener("beforeunload", (event) => { if (this.letters.length) event.preventDefault(); });
  }

  has(id) {
    return this.letters.some((letter) => letter.id === id);
  }

  add(letter) {
    this.letters.push(letter);
    this.keep();
    this.flush();
  }

  keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify(this.letters));
    } catch {
      // A full or forbidden storage: the letters still wait in this tab.
    }
    this.on.change(this.letters.length, this.isOffline);
  }

  async flush() {
    if (this.isSending) return;
    this.isSending = true;
    clearTimeout(this.timer);
    try {
      while (this.letters.length) {
        await this.deliver(this.letters[0]);
        this.letters.shift();
        this.isOffline = false;
        this.wait = FIRST_WAIT;
        this.keep();
      }
    } catch (fault) {
      this.later(fault);
    } finally {
      this.isSending = false;
    }
  }

  /** Hand over one letter; throw when it has to be tried again. */
  async deliver(letter) {
    const answer = await this.send(letter);
    if (answer.status === 401 || answer.status === 403) throw new Expired();
    if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
    const data = await answer.json();
    if (answer.ok) this.on.sent(letter, data, answer.status === 201);
    else this.on.refused(letter, data.detail ?? JSON.stringify(data));
  }

  later(fault) {
    if (fault instanceof Expired) {
      this.on.expired();
      return;
    }
    this.isOffline = true;
    this.keep();
    this.timer = setTimeout(() => this.flush(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }
}

class Expired extends Error {}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "[]");
  } catch {
    return [];
  }
}
