// Pictures that came with the page: small ones switch the large one, which can be enlarged.

export class Gallery {
  isVeiled = false;

  constructor(page) {
    this.large = page.querySelector("[data-large]");
    this.buttons = [...page.querySelectorAll("[data-show]")];
    this.buttons.forEach((button, place) => button.addEventListener("click", () => this.turnTo(place)));
  }

  get images() {
    return this.buttons;
  }

  get shown() {
    return this.large?.src ?? null;
  }

  get whole() {
    const current = this.buttons.find((button) => button.hasAttribute("aria-current"));
    return (current ?? this.large)?.dataset.whole ?? "";
  }

  turn(step) {
    const at = this.buttons.findIndex((button) => button.hasAttribute("aria-current"));
    this.turnTo((at + step + this.buttons.length) % this.buttons.length);
  }

  turnTo(place) {
    this.buttons.forEach((button) => button.removeAttribute("aria-current"));
    this.buttons[place].setAttribute("aria-current", "true");
    this.large.src = this.buttons[place].dataset.show;
  }
}
