// Words of the product name: select one, by mouse or with a key, and search for it.

export class Words {
  /**
   * @param name the element with the name.
   * @param bubble the buttons that appear by the selection.
   * @param outside where else to search, with {query} in it, or "".
   * @param search called with the words that the finder is to look for.
   */
  constructor(name, bubble, outside, search) {
    this.name = name;
    this.bubble = bubble;
    this.outside = outside;
    this.search = search;
    this.next = 0;
    document.addEventListener("selectionchange", () => this.follow());
    bubble.addEventListener("mousedown", (event) => event.preventDefault()); // keep the selection
    bubble.querySelector("[data-search-word]").addEventListener("click", () => this.searchSelected());
  }

  get selected() {
    const selection = document.getSelection();
    const isInName = selection.rangeCount && this.name.contains(selection.getRangeAt(0).commonAncestorContainer);
    return isInName ? selection.toString().trim() : "";
  }

  /** Forget which word came last, for the next product. */
  reset() {
    this.next = 0;
    this.bubble.hidden = true;
    for (const link of document.querySelectorAll("[data-outside]")) link.href = this.address(this.name.textContent);
  }

  follow() {
    const text = this.selected;
    this.bubble.hidden = !text;
    if (!text) return;
    const box = document.getSelection().getRangeAt(0).getBoundingClientRect();
    const around = this.bubble.offsetParent.getBoundingClientRect();
    const left = Math.min(box.left, around.right - this.bubble.offsetWidth) - around.left;
    this.bubble.style.left = `${Math.max(0, left)}px`;
    this.bubble.style.top = `${box.bottom - around.top + 6}px`;
    const link = this.bubble.querySelector("[data-outside-word]");
    if (link) link.href = this.address(text);
  }

  searchSelected() {
    const text = this.selected;
    if (!text) return;
    document.getSelection().removeAllRanges();
    this.search(text);
  }

  /** With a selection search for it; else for the next word of the name each time. */
  step() {
    if (this.selected) return this.searchSelected();
    const words = this.name.textContent.match(/[\p{L}\p{N}]+/gu) ?? [];
    if (!words.length) return undefined;
    this.search(words[this.next % words.length]);
    this.next += 1;
    return undefined;
  }

  address(text) {
    return this.outside.replaceAll("{query}", encodeURIComponent(text.trim()));
  }

  lookOutside() {
    if (this.outside) window.open(this.address(this.selected || this.name.textContent), "_blank", "noopener,noreferrer");
  }
}
