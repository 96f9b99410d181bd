// The list of all keys: shows which key does what, and lets a person change it.

import { Keymap, keyOf, printed } from "./keymap.js";

const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta"]);

/**
 * @param keymap the person's keys; `changed` is called after each change.
 * @param texts listening, reserved, taken: what the dialog says.
 */
export function keysDialog(dialog, keymap, texts, changed) {
  const notice = dialog.querySelector("[data-key-notice]");
  const reset = dialog.querySelector("[data-reset-keys]");
  let asked = null;

  function show() {
    for (const place of document.querySelectorAll("[data-key-of]")) place.textContent = printed(keymap.key(place.dataset.keyOf));
    reset.disabled = !keymap.isChanged;
  }

  function listen(button) {
    stop();
    asked = button;
    button.setAttribute("aria-pressed", "true");
    notice.textContent = texts.listening;
  }

  function stop() {
    asked?.setAttribute("aria-pressed", "false");
    asked = null;
    notice.textContent = "";
  }

  function take(key) {
    const command = asked.dataset.remap;
    const owner = keymap.owner(key);
    if (!Keymap.mayBeChosen(key)) return texts.reserved;
    if (owner && owner !== command) {
      const { textContent } = dialog.querySelector(`[data-name-of="${owner}"]`);
      return texts.taken.replace("0", `“${textContent.trim()}”`);
    }
    keymap.change(command, key);
    stop();
    show();
    changed();
    return "";
  }

  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remap]");
    if (button) listen(button);
  });
  dialog.addEventListener("keydown", (event) => {
    if (!asked || event.repeat || MODIFIERS.has(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.code === "Escape") stop();
    else notice.textContent = take(keyOf(event));
  });
  // Escape leaves the question, not the dialog.
  dialog.addEventListener("cancel", (event) => { if (asked) event.preventDefault(); });
  dialog.addEventListener("close", stop);
  reset.addEventListener("click", () => {
    keymap.reset();
    show();
    changed();
  });
  show();
}

/** A tick box that is remembered. */
export function choice(box, isOn, keep) {
  box.checked = isOn;
  box.addEventListener("change", () => keep(box.checked));
}
