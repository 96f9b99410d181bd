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
    this.isForDialog = false;
    // Looked up before anything else hears the key: one that closes a dialog belongs to the dialog.
    document.addEventListener("keydown", () => { this.isForDialog = Boolean(document.querySelector("dialog[open]")); }, true);
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
    if (event.getModifierState?.("AltGraph")) return; // it types signs on many keyboards
    if (this.isForDialog) return;
    // A dialog that closed just now may still have the focus; nobody means its fields any more.
    const target = event.target.closest("dialog") ? document.body : event.target;
    if (event.key === "Enter" && target.closest("button, a, summary")) return;
    const isText = target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && isText && isText === this.field) this.field.blur();
    else if (event.altKey) this.run(event, this.isLeftAlt);
    else if (!isText) this.run(event, !this.areLettersOff || event.key === "Enter");
  }

  run(event, isAllowed) {
    const name = event.shiftKey ? `Shift+${event.code}` : event.code;
    const action = isAllowed && (event.altKey ? this.actions[`Alt+${name}`] ?? this.actions[name] : this.actions[name]);
    if (!action) return;
    event.preventDefault();
    action();
  }
}
