// The category finder: a text field with a list of results, worked with the keyboard alone.
//
// One physical Enter does one thing. While a syllable is being composed it commits the syllable and
// chooses; otherwise it chooses, and when something is chosen it submits. Events on the element:
// `finder:choose` with the node, `finder:clear`, `finder:submit`.

import { covered, partings, prepare, search } from "./search.js";

const LONG_PATH = 42; // characters; a longer path loses its middle, never its leaf
const trees = new Map();

/** Fetch and prepare a tree once a page, whatever the number of finders. */
export function load(address, level) {
  const key = `${address} ${level}`;
  if (!trees.has(key)) {
    const asked = fetch(address, { credentials: "same-origin" }).then((answer) => {
      if (!answer.ok) throw new Error(`The category tree did not come (${answer.status}).`);
      return answer.json();
    });
    trees.set(key, asked.then((tree) => prepare(tree, level)));
  }
  return trees.get(key);
}

/** A path as elements: ancestors quiet, the leaf strong, what was typed marked. */
export function pathElement(path, { parting = null, query = "" } = {}) {
  const shown = document.createElement("span");
  shown.className = "path";
  const isLong = path.length > 3 && path.join("").length > LONG_PATH;
  path.forEach((name, level) => {
    if (isLong && level > 0 && level < path.length - 2 && level !== parting) {
      if (level === 1) shown.append(separator(), "…");
      return;
    }
    if (level) shown.append(separator());
    shown.append(levelElement(name, level === path.length - 1, level === parting, query));
  });
  if (isLong) shown.title = path.join(" › ");
  return shown;
}

function separator() {
  const sign = document.createElement("i");
  sign.textContent = "›";
  return sign;
}

function levelElement(name, isLeaf, isParting, query) {
  const element = document.createElement(isLeaf ? "b" : isParting ? "u" : "span");
  const part = query && covered(name, query);
  if (!part) {
    element.textContent = name;
    return element;
  }
  const characters = Array.from(name);
  const mark = document.createElement("mark");
  mark.textContent = characters.slice(part[0], part[1]).join("");
  element.append(characters.slice(0, part[0]).join(""), mark, characters.slice(part[1]).join(""));
  return element;
}

export class Finder {
  constructor(element) {
    this.element = element;
    this.input = element.querySelector("[role=combobox]");
    this.list = element.querySelector("[role=listbox]");
    this.status = element.querySelector("[role=status]");
    this.value = element.querySelector("input[type=hidden]");
    this.found = [];
    this.at = -1;
    this.chosen = null;
    this.isEnterDown = false;
    this.choosesOnCommit = false;
    this.tree = null;
    this.list.replaceChildren();
    const { tree, level } = element.dataset;
    this.ready = load(tree, level === "any" ? level : level ? Number(level) : null).then((loaded) => {
      this.tree = loaded;
      element.dataset.ready = "";
      if (this.input.value) this.look();
    });
    this.ready.catch((fault) => { this.status.textContent = fault.message; });
    this.listen();
  }

  listen() {
    this.input.addEventListener("input", () => this.look());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.input.addEventListener("keyup", (event) => {
      if (event.key === "Enter" || event.code.endsWith("Enter")) this.isEnterDown = false;
    });
    this.input.addEventListener("blur", () => { this.isEnterDown = false; });
    this.input.addEventListener("compositionend", () => this.commit());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // keep the focus
    this.list.addEventListener("click", (event) => {
      const place = [...this.list.children].indexOf(event.target.closest("[role=option]"));
      if (place >= 0) this.choose(this.found[place]);
    });
  }

  /** Forget everything, for the next product. */
  reset() {
    this.input.value = "";
    this.look();
  }

  look() {
    if (this.chosen) this.clear();
    this.found = this.tree ? search(this.tree, this.input.value) : [];
    const parts = partings(this.found);
    this.list.replaceChildren(...this.found.map((node, place) => this.option(node, place, parts[place])));
    this.highlight(this.found.length ? 0 : -1);
    this.expand(this.found.length > 0);
    const isSearched = this.tree && this.input.value.trim() !== "";
    const { count, none } = this.element.dataset;
    const said = this.found.length ? count.replace("0", this.found.length) : none;
    this.status.textContent = isSearched ? said : "";
    this.status.classList.toggle("sr", !isSearched || this.found.length > 0);
  }

  option(node, place, parting) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${place}`;
    option.setAttribute("role", "option");
    option.append(pathElement(node.path, { parting, query: this.input.value }));
    const code = document.createElement("span");
    code.className = "id";
    code.textContent = node.code;
    option.append(code);
    return option;
  }

  highlight(place) {
    this.at = place;
    [...this.list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === place)));
    if (place < 0) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    this.input.setAttribute("aria-activedescendant", `${this.list.id}-${place}`);
    this.list.children[place].scrollIntoView({ block: "nearest" });
  }

  expand(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
  }

  press(event) {
    if (event.key === "Enter") return this.enter(event);
    if (event.isComposing || event.keyCode === 229) return undefined;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (!step || !this.found.length || event.altKey) return undefined;
    event.preventDefault();
    this.expand(true);
    const last = this.found.length - 1;
    const next = Math.abs(step) === 1 ? (this.at + step + last + 1) % (last + 1) : this.at + step;
    return this.highlight(Math.max(0, Math.min(last, next)));
  }

  enter(event) {
    const isComposing = event.isComposing || event.keyCode === 229;
    if (!isComposing) event.preventDefault();
    if (event.repeat || this.isEnterDown) return;
    this.isEnterDown = true;
    if (event.isComposing) this.choosesOnCommit = true;
    else if (isComposing || !this.chosen) this.choose(this.found[this.at]);
    else this.tell("finder:submit");
  }

  /** A syllable is complete; an Enter that completed it chooses from what the whole text finds. */
  commit() {
    if (!this.choosesOnCommit) return;
    this.choosesOnCommit = false;
    this.look();
    this.choose(this.found[this.at]);
  }

  choose(node) {
    if (!node) return;
    this.chosen = node;
    if (this.value) this.value.value = node.id;
    this.expand(false);
    this.tell("finder:choose", node);
  }

  clear() {
    this.chosen = null;
    if (this.value) this.value.value = "";
    this.tell("finder:clear");
  }

  tell(name, detail = null) {
    this.element.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}
