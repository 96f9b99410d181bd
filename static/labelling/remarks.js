// What is said of a product beside its category: why it is skipped, what is wrong with it, a comment.

const DIGIT = /^(?:Digit|Numpad)([1-9])$/;

/** A dialog with reasons to choose from; a digit chooses and is done, Enter takes what is marked. */
export function reasonsDialog(dialog, done) {
  const form = dialog.querySelector("form");
  dialog.addEventListener("keydown", (event) => {
    const [, digit] = DIGIT.exec(event.code) ?? [];
    const isText = event.target.matches("input[type=text], textarea");
    if (!digit || isText || event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const choice = form.querySelectorAll("input[type=radio]")[digit - 1];
    if (!choice) return;
    event.preventDefault();
    choice.checked = true;
    finish();
  });
  form.addEventListener("submit", (event) => {
    if (!dialog.open || event.submitter?.formMethod === "dialog") return;
    event.preventDefault();
    finish();
  });

  function finish() {
    const said = Object.fromEntries(new FormData(form));
    dialog.close();
    form.reset();
    done(said);
  }

  return () => dialog.showModal();
}

/** The comment that goes with the next answer. */
export class Comment {
  constructor(dialog, chip) {
    this.dialog = dialog;
    this.chip = chip;
    this.field = dialog.querySelector("textarea");
    this.text = "";
    dialog.querySelector("form").addEventListener("submit", (event) => {
      if (event.submitter?.value !== "leave") this.keep();
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      if (!event.repeat) this.keep();
    });
  }

  keep() {
    this.set(this.field.value.trim());
    this.dialog.close();
  }

  open() {
    this.field.value = this.text;
    this.dialog.showModal();
  }

  set(text) {
    this.text = text;
    this.chip.hidden = !text;
    this.chip.querySelector("span").textContent = text;
  }
}
