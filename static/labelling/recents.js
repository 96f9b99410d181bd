// The categories that a person chose last, to choose again with one key.

export const MOST_RECENT = 9;

export class Recents {
  /** @param element the list; @param choose called with the node of a category. */
  constructor(element, name, find, choose) {
    this.element = element;
    this.name = name;
    this.find = find;
    this.onChoose = choose;
    this.show();
  }

  get all() {
    try {
      return JSON.parse(localStorage.getItem(this.name) ?? "[]");
    } catch {
      return [];
    }
  }

  remember(node) {
    const kept = [{ id: node.id, path: node.path }, ...this.all.filter((each) => each.id !== node.id)];
    localStorage.setItem(this.name, JSON.stringify(kept.slice(0, MOST_RECENT)));
    this.show();
  }

  choose(place) {
    const node = this.find(this.all[place]?.id);
    if (node) this.onChoose(node);
  }

  show() {
    this.element.hidden = this.all.length === 0;
    this.element.querySelector("ol").replaceChildren(...this.all.map((each, place) => this.item(each, place)));
  }

  item({ path }, place) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const key = document.createElement("kbd");
    button.type = "button";
    button.className = "button compact";
    button.title = path.join(" › ");
    key.className = "desk";
    key.textContent = String(place + 1);
    button.append(key, path.at(-1));
    button.addEventListener("click", () => this.choose(place));
    item.append(button);
    return item;
  }
}
