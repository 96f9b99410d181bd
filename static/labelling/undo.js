// What was done in this tab, the last first, as long as it can be taken back from here.

import { newKey, post } from "./server.js";

export class History {
  /**
   * @param outbox where what was done may still wait.
   * @param undo the address that takes back the last answer of the round.
   * @param on callbacks: restore(assignment) puts a product back on screen, with `was` it was answered;
   *   refused(reason), cut() when the server cannot be asked now, takenBack().
   */
  constructor(outbox, undo, on) {
    this.outbox = outbox;
    this.address = undo;
    this.on = on;
    this.done = []; // { assignment, letter }
  }

  note(assignment, letter) {
    this.done.push({ assignment, letter });
  }

  /** The server did not take the letter, so nothing is to be taken back. */
  forget(letter) {
    this.done = this.done.filter((each) => each.letter.key !== letter.key);
  }

  async undo() {
    const last = this.done.pop();
    if (!last) return this.undoOnServer();
    const { assignment, letter } = last;
    const isBack = await this.outbox.takeBack(letter);
    if (letter.kind === "skip") return isBack ? this.on.restore(assignment) : this.unskip(last);
    if (!isBack) await this.outbox.add({ ...letter, kind: "undo", key: newKey(), body: { assignment: assignment.id } });
    return this.on.restore({ ...assignment, was: { ...letter.body, path: letter.chosen } });
  }

  /** Take back the last answer that an earlier page gave. */
  async undoOnServer() {
    const data = await this.ask(this.address);
    if (!data) return;
    this.on.takenBack();
    this.on.restore(data);
  }

  /** A skipped product was given back, so somebody else may have it by now. */
  async unskip(last) {
    const data = await this.ask(`/api/v1/assignments/${last.assignment.id}/unskip`, () => this.done.push(last));
    if (data) this.on.restore(data);
  }

  /** Ask once all that waits has arrived; null when the server refuses or cannot be reached. */
  async ask(address, keep = () => {}) {
    await this.outbox.flush();
    const reply = this.outbox.waiting.length ? null : await post(address).catch(() => null);
    const data = await reply?.json().catch(() => null);
    if (reply?.ok && data) return data;
    if (reply?.status === 409 && data) {
      this.on.refused(data.detail);
      return null;
    }
    keep();
    this.on.cut();
    return null;
  }
}
