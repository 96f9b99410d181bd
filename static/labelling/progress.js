// How far the round is: what the server has counted, and what this page has added since.

export class Progress {
  constructor(numbers, bar, round) {
    this.numbers = numbers;
    this.bar = bar;
    this.round = round;
    this.done = Number(numbers.dataset.done);
    this.total = Number(numbers.dataset.total);
    this.shown = this.done;
  }

  get left() {
    return this.total - this.shown;
  }

  /** A letter has arrived; one that the server knew already was counted before. */
  sent(letter, code) {
    if (letter.round !== this.round) return;
    if (letter.kind === "annotation" && code === 201) this.done += 1;
    if (letter.kind === "undo") this.takenBack();
  }

  takenBack() {
    this.done -= 1;
  }

  show(waiting) {
    const own = waiting.filter((letter) => letter.round === this.round);
    const steps = own.map(({ kind }) => ({ annotation: 1, undo: -1 })[kind] ?? 0);
    this.shown = steps.reduce((sum, step) => sum + step, this.done);
    this.numbers.textContent = [this.shown, this.total].map((number) => number.toLocaleString(document.documentElement.lang)).join(" / ");
    this.bar.value = this.shown;
  }
}
