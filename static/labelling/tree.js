// The tree as columns: a level beside the other on a screen, one at a time with a way back on a phone.

import { fromLatin, initials, typed } from "./hangul.js";

const PAUSE = 700; // milliseconds after which typing starts another name

export class Columns {
  /** @param panel the element of templates/labelling/_finder.html; `choose(node)` and `close()` are told. */
  constructor(panel, told) {
    this.panel = panel;
    this.told = told;
    this.list = panel.querySelector("[role=tree]");
    this.back = panel.querySelector("[data-back]");
    this.take = panel.querySelector("[data-take]");
    this.columns = []; // { parent, element } from the left
    this.sought = { text: "", at: 0 };
    this.list.addEventListener("keydown", (event) => this.press(event));
    this.list.addEventListener("click", (event) => this.click(event));
    this.back.addEventListener("click", () => this.show(this.columns[this.level].parent, { goesBack: true }));
    this.take.addEventListener("click", () => this.told.choose(this.node));
    panel.querySelector("[data-close]").addEventListener("click", () => this.told.close());
  }

  /** Open the columns at a node, or at the first root. */
  open(tree, node) {
    this.tree = tree;
    this.list.replaceChildren();
    this.columns = [];
    this.panel.hidden = false;
    this.show(node ?? this.below(null)[0], { block: "center" });
  }

  close() {
    this.panel.hidden = true;
  }

  /** Make a node the current one: its ancestors' columns to the left, its children to the right. */
  show(node, { entersColumn = false, goesBack = false, block = "nearest" } = {}) {
    if (!node) return;
    const trail = [];
    for (let above = node; above; above = above.parent) trail.unshift(above);
    const parents = [null, ...trail].filter((parent) => this.below(parent).length);
    parents.forEach((parent, level) => {
      if (this.columns[level]?.parent !== parent) this.put(level, parent);
    });
    for (const { element } of this.columns.splice(parents.length)) element.remove();
    this.node = node;
    this.level = trail.length - (entersColumn && this.below(node).length ? 0 : 1);
    this.mark(trail);
    if (!goesBack && !entersColumn) this.item(node).focus({ preventScroll: true });
    for (const shown of trail) scrollTo(this.item(shown), block);
    this.columns.at(-1).element.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** The children that are answers or lead to some. */
  below(node) {
    return (node ? node.children : this.tree.roots).filter((child) => child.leads);
  }

  put(level, parent) {
    const element = document.createElement("ul");
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", parent ? parent.path.join(" › ") : this.list.getAttribute("aria-label"));
    const nodes = this.below(parent);
    element.append(...nodes.map((node, place) => this.option(node, place, nodes.length)));
    if (this.columns[level]) this.columns[level].element.replaceWith(element);
    else this.list.append(element);
    this.columns[level] = { parent, element };
  }

  option(node, place, count) {
    const item = document.createElement("li");
    item.setAttribute("role", "treeitem");
    item.setAttribute("aria-level", node.path.length);
    item.setAttribute("aria-posinset", place + 1);
    item.setAttribute("aria-setsize", count);
    item.dataset.place = node.place;
    item.tabIndex = -1;
    item.textContent = node.path.at(-1);
    return item;
  }

  item(node) {
    return this.list.querySelector(`[data-place="${node.place}"]`);
  }

  mark(trail) {
    for (const item of this.list.querySelectorAll("[role=treeitem]")) {
      const node = this.tree.nodes[item.dataset.place];
      item.tabIndex = node === this.node ? 0 : -1;
      item.setAttribute("aria-selected", String(node === this.node));
      if (this.below(node).length) item.setAttribute("aria-expanded", String(trail.includes(node)));
    }
    this.columns.forEach(({ element }, level) => element.classList.toggle("active", level === this.level));
    const { parent } = this.columns[this.level];
    this.back.hidden = !parent;
    this.back.querySelector("span").textContent = parent?.path.at(-1) ?? "";
    // Where an answer has categories below it, opening it and choosing it are two things.
    this.take.hidden = !(this.node.isAnswer && this.below(this.node).length);
    this.take.querySelector("b").textContent = this.node.path.at(-1);
  }

  click(event) {
    const item = event.target.closest("[role=treeitem]");
    if (!item) return;
    const node = this.tree.nodes[item.dataset.place];
    if (this.below(node).length) this.show(node, { entersColumn: true });
    else this.told.choose(node);
  }

  press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.key === "Tab") return;
    // The letters are names here, not commands of the page.
    event.stopPropagation();
    const siblings = this.below(this.node.parent);
    const at = siblings.indexOf(this.node);
    const moves = {
      ArrowDown: () => this.show(siblings[at + 1]),
      ArrowUp: () => this.show(siblings[at - 1]),
      ArrowRight: () => this.show(this.below(this.node)[0]),
      ArrowLeft: () => this.show(this.node.parent),
      Home: () => this.show(siblings[0]),
      End: () => this.show(siblings.at(-1)),
      Enter: () => this.enter(event),
      Escape: () => this.told.close(),
    };
    const move = moves[event.key];
    if (move) event.preventDefault();
    if (move) move();
    else this.seek(event, siblings, at);
  }

  enter(event) {
    if (event.repeat) return;
    if (this.node.isAnswer) this.told.choose(this.node);
    else this.show(this.below(this.node)[0]);
  }

  /** Go to the next name that starts with what is typed, by its letters or its initials. */
  seek(event, siblings, at) {
    const key = /^Key[A-Z]$/.test(event.code) ? event.code.at(-1).toLowerCase() : event.key;
    if (key.length !== 1) return;
    event.preventDefault();
    const isMore = event.timeStamp - this.sought.at < PAUSE;
    const text = (isMore ? this.sought.text : "") + key;
    this.sought = { text, at: event.timeStamp };
    const hangul = fromLatin(text);
    const fits = (node) => {
      const name = node.path.at(-1);
      return typed(name).startsWith(text) || (hangul && (typed(name).startsWith(hangul) || initials(name).startsWith(hangul)));
    };
    const from = isMore ? at : at + 1;
    this.show([...siblings.slice(from), ...siblings.slice(0, from)].find(fits));
  }
}

/** Bring an item into its column's view, and move nothing but the column. */
function scrollTo(item, block) {
  const column = item.parentElement;
  const top = item.offsetTop - column.offsetTop;
  const below = top + item.offsetHeight - column.clientHeight;
  if (block === "center") column.scrollTop = (top + below) / 2;
  else column.scrollTop = Math.max(below, Math.min(top, column.scrollTop));
}
