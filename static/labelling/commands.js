// Single keys that act. Two states: while *finding*, every character is text and the commands need
// the left Alt (the right one switches Hangul); in *command*, a letter acts by its place on the
// keyboard, whatever the input method. Nothing acts while composing or on repeat.

const OFF = "labelhub.letters-off";

export class Commands {
  /**
   * @param actions event.code → function, e.g. { KeyS: skip }.
   * @param field the text field of the finding state; null when the page has none.
   */
  constructor(actions, field = null) {
    this.actions = actions;
    this.field = field;
    this.isLeftAlt = false;
    document.addEventListener("keydown", (event) => this.press(event));
    document.addEventListener("keyup", (event) => { if (event.key === "Alt") this.isLeftAlt = false; });
    // A closed dialog must not keep the focus: keys would go on meaning what they meant in it.
    document.addEventListener("close", ({ target }) => {
      if (target.contains(document.activeElement)) document.activeElement.blur();
    }, true);
    window.addEventListener("blur", () => { this.isLeftAlt = false; });
  }

  get areLettersOff() {
    return localStorage.getItem(OFF) === "1";
  }

  set areLettersOff(isOff) {
    localStorage.setItem(OFF, isOff ? "1" : "0");
  }

  press(event) {
    if (event.key === "Alt") this.isLeftAlt = event.code === "AltLeft";
    if (event.isComposing || event.keyCode === 229 || event.repeat || event.ctrlKey || event.metaKey) return;
    // A key that closed a dialog belongs to the dialog.
    if (document.querySelector("dialog[open]") || event.target.closest("dialog")) return;
    if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
    const isText = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && isText && isText === this.field) this.field.blur();
    else if (event.altKey) this.run(event, this.isLeftAlt);
    else if (!isText) this.run(event, !this.areLettersOff);
  }

  run(event, isAllowed) {
    const name = event.shiftKey ? `Shift+${event.code}` : event.code;
    const action = isAllowed && (event.altKey ? this.actions[`Alt+${name}`] ?? this.actions[name] : this.actions[name]);
    if (!action) return;
    event.preventDefault();
    action();
  }
}
