// The category finder: a text field with a list of results, worked with the keyboard alone.
//
// One physical Enter does one thing (typing.js). While a syllable is being composed it commits the
// syllable and chooses; otherwise it chooses, and when something is chosen it submits. Events on the
// element: `finder:choose` with the node, `finder:clear`, `finder:submit`.

import { Misses } from "./misses.js";
import { pathElement } from "./paths.js";
import { missing, partings, prepare, search, synonymOf } from "./search.js";
import { Columns } from "./tree.js";
import { Typing } from "./typing.js";

export { pathElement };

const SAID_AFTER = 400; // milliseconds; a screen reader is not interrupted by every letter
const LEAST_ROOM = 160; // pixels of results above a keyboard on the screen
const MARGIN = 8; // pixels between the results and that keyboard
const FIRST_WAIT = 1000; // milliseconds before the tree is asked for again; doubles up to the longest
const LONGEST_WAIT = 15_000;
const trees = new Map();
const touch = matchMedia("(pointer: coarse)");

/** Fetch and prepare a tree once a page, whatever the number of finders. */
export function load(address, level) {
  const key = `${address} ${level}`;
  if (!trees.has(key)) trees.set(key, fetched(address).then((tree) => prepare(tree, level)));
  return trees.get(key);
}

/** Fetch JSON; a network or a server that fails is asked again until it answers. */
async function fetched(address) {
  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
    const tree = answer?.ok ? await answer.json().catch(() => null) : null;
    if (tree) return tree;
    await new Promise((resolve) => { setTimeout(resolve, wait); });
  }
}

export class Finder {
  constructor(element) {
    this.element = element;
    this.input = element.querySelector("[role=combobox]");
    this.list = element.querySelector("[role=listbox]");
    this.status = element.querySelector("[role=status]");
    this.hint = element.querySelector("[data-hint]");
    this.value = element.querySelector("input[type=hidden]");
    this.columns = new Columns(element.querySelector("[data-columns]"), {
      choose: (node) => this.chooseInTree(node),
      close: () => this.closeTree(),
    });
    this.found = [];
    this.at = -1;
    this.chosen = null;
    this.missed = "";
    this.misses = new Misses();
    this.looked = null;
    this.tree = null;
    this.list.replaceChildren();
    const { tree, level } = element.dataset;
    this.ready = load(tree, level === "any" ? level : level ? Number(level) : null).then((loaded) => {
      this.tree = loaded;
      element.dataset.ready = "";
      this.opener.hidden = false;
      if (this.input.value) this.look();
    });
    this.listen();
  }

  get opener() {
    return this.element.querySelector("[data-open-tree]");
  }

  listen() {
    new Typing(this.input, {
      changed: () => { if (this.input.value !== this.looked) this.look(); },
      enter: (hasCommitted) => this.enter(hasCommitted),
      step: (number) => this.step(number),
    });
    this.opener.addEventListener("click", () => this.openTree());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // keep the focus
    this.list.addEventListener("click", (event) => {
      const place = [...this.list.children].indexOf(event.target.closest("[role=option]"));
      if (place >= 0) this.choose(this.found[place]);
    });
    if (touch.matches) this.keepAboveKeyboard();
  }

  /** Forget everything, for the next product. */
  reset() {
    this.input.value = "";
    this.closeTree({ keepsFocus: false });
    this.look();
    this.misses.forget();
    this.missed = "";
  }

  /** Search for what the text field holds. */
  look() {
    const query = this.input.value;
    if (this.chosen) this.clear();
    if (!this.columns.panel.hidden) this.closeTree({ keepsFocus: false });
    this.looked = query;
    this.misses.hear(query);
    this.found = this.tree ? search(this.tree, query) : [];
    const parts = partings(this.found);
    this.list.replaceChildren(...this.found.map((node, place) => this.option(node, place, parts[place])));
    this.highlight(this.found.length ? 0 : -1);
    this.expand(this.found.length > 0);
    this.showHint(query.trim() ? this.doubt(query) : "");
  }

  /** What the results lack, in words; nothing when they have all that was sought. */
  doubt(query) {
    if (!this.tree) return this.element.dataset.coming;
    if (!this.found.length) return this.element.dataset.none;
    const without = missing(this.tree, query, this.found[0]);
    return without.length ? this.element.dataset.partly.replace("0", without.join(", ")) : "";
  }

  showHint(text) {
    this.hint.textContent = text;
    this.hint.hidden = !text;
  }

  option(node, place, parting) {
    const query = this.input.value;
    const option = document.createElement("li");
    option.id = `${this.list.id}-${place}`;
    option.setAttribute("role", "option");
    option.append(pathElement(node.path, { parting, query }));
    const synonym = synonymOf(node, query);
    if (synonym) option.append(label("small quiet nowrap", `= ${synonym}`));
    option.append(label("id", node.code));
    return option;
  }

  highlight(place) {
    this.list.children[this.at]?.setAttribute("aria-selected", "false");
    this.at = place;
    const option = this.list.children[place];
    this.say(place);
    if (!option) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    this.input.setAttribute("aria-activedescendant", option.id);
    if (place) option.scrollIntoView({ block: "nearest" });
    else this.list.scrollTop = 0;
  }

  /** Tell a screen reader how many results there are and which one is highlighted. */
  say(place) {
    clearTimeout(this.saying);
    const { count, none } = this.element.dataset;
    const node = this.found[place];
    const isSearched = this.tree && this.input.value.trim() !== "";
    const text = node ? `${count.replace("0", this.found.length)}. ${place + 1}: ${node.path.join(" › ")}` : isSearched ? none : "";
    this.saying = setTimeout(() => { this.status.textContent = text; }, SAID_AFTER);
  }

  expand(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.fit?.();
  }

  /** Move the highlight; whether there was anything to move it in. */
  step(number) {
    if (!this.found.length) return false;
    this.expand(true);
    const last = this.found.length - 1;
    const next = Math.abs(number) === 1 ? (this.at + number + last + 1) % (last + 1) : this.at + number;
    this.highlight(Math.max(0, Math.min(last, next)));
    return true;
  }

  enter(hasCommitted) {
    if (hasCommitted || !this.chosen) this.choose(this.found[this.at]);
    else this.tell("finder:submit");
  }

  choose(node) {
    if (!node) return;
    this.chosen = node;
    this.missed = this.tree ? this.misses.before(this.tree, node) : "";
    if (this.value) this.value.value = node.id;
    this.expand(false);
    this.tell("finder:choose", node);
  }

  clear() {
    this.chosen = null;
    this.missed = "";
    if (this.value) this.value.value = "";
    this.tell("finder:clear");
  }

  tell(name, detail = null) {
    this.element.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  // The tree as columns

  /** Show the tree, opened at the chosen or highlighted category. */
  openTree() {
    if (!this.tree || !this.tree.answers.length) return;
    this.expand(false);
    this.showHint("");
    this.opener.setAttribute("aria-expanded", "true");
    this.columns.open(this.tree, this.chosen ?? this.found[this.at]);
  }

  closeTree({ keepsFocus = true } = {}) {
    this.columns.close();
    this.opener.setAttribute("aria-expanded", "false");
    if (!keepsFocus) return;
    if (touch.matches) this.opener.focus();
    else this.input.focus();
  }

  chooseInTree(node) {
    this.closeTree();
    this.choose(node);
  }

  // Room for the results between the field and a keyboard on the screen

  keepAboveKeyboard() {
    const view = globalThis.visualViewport;
    if (!view) return;
    this.fit = () => {
      if (this.list.hidden || document.activeElement !== this.input) return;
      const room = () => view.offsetTop + view.height - this.list.getBoundingClientRect().top - MARGIN;
      if (room() < LEAST_ROOM) this.element.scrollIntoView({ block: "start" });
      this.list.style.setProperty("--room", `${Math.max(LEAST_ROOM, room())}px`);
    };
    view.addEventListener("resize", () => this.fit());
    view.addEventListener("scroll", () => this.fit());
    this.input.addEventListener("focus", () => this.element.scrollIntoView({ block: "start" }));
    this.input.addEventListener("blur", () => this.list.style.removeProperty("--room"));
  }
}

function label(name, text) {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
}
