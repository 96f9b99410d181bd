// Which key does what on the labelling page: the defaults, and what a person changed of them.

const DEFAULTS = {
  skip: "KeyS", undecidable: "KeyM", undo: "KeyU", flag: "KeyF", comment: "KeyC", zoom: "KeyZ",
  nextPicture: "KeyN", previousPicture: "KeyP", guideline: "KeyG", tree: "KeyT", word: "KeyW",
  outside: "KeyO", copy: "KeyY", pace: "KeyI", filter: "KeyL", find: "Slash", keys: "Shift+Slash",
};
// Digits choose by place; Enter, Escape, Tab and the arrows belong to the finder.
const MAY_BE_CHOSEN = /^(Shift\+)?(Key[A-Z]|F\d{1,2}|Slash|Comma|Period|Semicolon|Quote|Minus|Equal|Backquote|Backslash|Bracket(Left|Right))$/;
const SIGNS = {
  Slash: "/", "Shift+Slash": "?", Comma: ",", Period: ".", Semicolon: ";", Quote: "'", Minus: "-", Equal: "=",
  Backquote: "`", Backslash: "\\", BracketLeft: "[", BracketRight: "]",
};

export class Keymap {
  /** @param name where the person's changes are stored. */
  constructor(name) {
    this.name = name;
    this.changed = this.read();
  }

  read() {
    try {
      const kept = Object.entries(JSON.parse(localStorage.getItem(this.name) ?? "{}"));
      return Object.fromEntries(kept.filter(([command, key]) => command in DEFAULTS && MAY_BE_CHOSEN.test(key)));
    } catch {
      return {};
    }
  }

  get isChanged() {
    return Object.keys(this.changed).length > 0;
  }

  key(command) {
    return this.changed[command] ?? DEFAULTS[command];
  }

  /** The command that has the key already, or null. */
  owner(key) {
    return Object.keys(DEFAULTS).find((command) => this.key(command) === key) ?? null;
  }

  static mayBeChosen(key) {
    return MAY_BE_CHOSEN.test(key);
  }

  change(command, key) {
    this.keep({ ...this.changed, [command]: key });
  }

  reset() {
    this.keep({});
  }

  keep(changed) {
    this.changed = changed;
    localStorage.setItem(this.name, JSON.stringify(changed));
  }

  /** The actions by key, for the keyboard. */
  bind(actions) {
    return Object.fromEntries(Object.entries(actions).map(([command, action]) => [this.key(command), action]));
  }
}

/** Keys that choose by place: digits among the suggestions, with Alt among what was chosen lately. */
export function byPlace(count, suggested, recent) {
  return Object.fromEntries(Array.from({ length: count }, (_, place) => [
    [`Alt+Digit${place + 1}`, () => recent(place)],
    [`Digit${place + 1}`, () => suggested(place)],
    [`Numpad${place + 1}`, () => suggested(place)],
  ]).flat());
}

/** The name of a physical key, as `Commands` calls it. */
export function keyOf(event) {
  return event.shiftKey ? `Shift+${event.code}` : event.code;
}

/** What is printed on the key. */
export function printed(key) {
  if (SIGNS[key]) return SIGNS[key];
  const [code, isShifted] = key.startsWith("Shift+") ? [key.slice(6), true] : [key, false];
  const sign = SIGNS[code] ?? code.replace(/^Key/, "");
  return isShifted ? `Shift ${sign}` : sign;
}
