// What a text field tells while somebody types with an input method.
//
// One physical Enter does one thing, whatever the browser makes of it:
// - Chrome sends it twice around the end of a composition, first as composing, then plainly;
// - Safari ends the composition first and then sends it once, as code 229;
// - keyboards on screens name no key at all, or send a line break instead.

const COMPOSING = 229; // the code of a key that the input method has taken
const SAME_PRESS = 500; // milliseconds; a key released unseen must not block the next one
const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
const BREAKS = ["insertLineBreak", "insertParagraph"];

export class Typing {
  /**
   * @param input the text field.
   * @param heard functions: `changed()`; `enter(hasCommitted)`, true when the key ended a syllable,
   *   which must never submit; `step(number)`, true when it moved the highlight.
   */
  constructor(input, heard) {
    this.heard = heard;
    this.pressedAt = -Infinity; // when Enter went down, and has not come up since
    this.isChoosing = false; // the Enter that ends the composition chooses
    input.addEventListener("input", () => heard.changed());
    input.addEventListener("keydown", (event) => this.press(event));
    input.addEventListener("keyup", (event) => { if (isEnter(event)) this.release(); });
    input.addEventListener("blur", () => this.release());
    input.addEventListener("beforeinput", (event) => this.breakLine(event));
    input.addEventListener("compositionstart", () => { this.isChoosing = false; });
    input.addEventListener("compositionend", () => this.commit());
  }

  release() {
    this.pressedAt = -Infinity;
  }

  press(event) {
    if (isEnter(event)) return this.enter(event);
    this.isChoosing = false;
    const step = STEPS[event.key];
    if (event.isComposing || event.altKey || event.shiftKey || !step) return undefined;
    if (this.heard.step(step)) event.preventDefault();
    return undefined;
  }

  enter(event) {
    // The input method needs the key as long as it composes.
    if (!event.isComposing) event.preventDefault();
    if (!this.isNewPress(event)) return;
    if (event.isComposing) this.isChoosing = true;
    else this.heard.enter(event.keyCode === COMPOSING);
  }

  /** A keyboard that names no key sends the line break itself. */
  breakLine(event) {
    if (!BREAKS.includes(event.inputType)) return;
    event.preventDefault();
    if (!this.isNewPress(event)) return;
    this.heard.enter(event.isComposing);
    this.release(); // no keyup will name the key either
  }

  isNewPress(event) {
    const isHeld = event.timeStamp - this.pressedAt < SAME_PRESS;
    this.pressedAt = event.timeStamp;
    return !isHeld && !event.repeat;
  }

  /** A syllable is complete; what the whole text finds is what an Enter chooses. */
  commit() {
    this.heard.changed();
    if (this.isChoosing) this.heard.enter(true);
    this.isChoosing = false;
  }
}

function isEnter(event) {
  const isNameless = event.key === "Process" || event.key === "Unidentified";
  return event.key === "Enter" || (isNameless && event.code.endsWith("Enter"));
}
