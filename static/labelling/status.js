// What the page says of itself: what is saved, what waits, what was refused, what comes next.

const NOTICED = 1500; // milliseconds; a letter that is on its way for less needs no words

export class Status {
  /** @param texts what there is to say, in the reader's language. */
  constructor(texts) {
    this.texts = texts;
    this.chip = document.querySelector("[data-saved]");
    this.notice = document.querySelector("[data-notice]");
    this.news = document.querySelector("[data-news]");
    this.live = document.querySelector("[data-announce]");
    this.said = "";
    this.last = document.querySelector("[data-last]");
    this.all = this.news.querySelector("[data-dismiss-all]");
  }

  /** Show what letters mean now (text, names of the tree, commands), and name the keys accordingly. */
  followState({ input, columns }) {
    const show = (state) => {
      document.querySelector("[data-state]").textContent = this.texts[state];
      document.body.classList.toggle("commanding", state === "command");
    };
    input.addEventListener("focus", () => show("finding"));
    columns.list.addEventListener("focusin", () => show("tree"));
    for (const place of [input, columns.list]) place.addEventListener("focusout", () => show("command"));
  }

  /** Show how many answers wait, and since when. */
  showOutbox(outbox) {
    const { waiting, unkept, isOffline, isFailing, isAway, ofOthers, letters } = outbox;
    const isCut = isOffline || isFailing;
    clearTimeout(this.timer);
    const age = waiting.length ? Date.now() - Date.parse(waiting[0].at) : 0;
    const isLate = isCut || isAway || age > NOTICED;
    this.chip.querySelector("i").className = isCut || isAway ? "dot bad" : isLate ? "dot warn" : waiting.length ? "dot idle" : "dot";
    this.chip.setAttribute("aria-busy", unkept.length > 0); // not even in the browser's store yet
    this.chip.querySelector("span").textContent = this.words(outbox, isLate);
    if (waiting.length && !isLate) this.timer = setTimeout(() => this.showOutbox(outbox), NOTICED - age + 1);
    document.querySelector("[data-away]").hidden = !isAway;
    document.querySelector("[data-unsafe]").hidden = letters.isSafe || !waiting.length;
    const others = document.querySelector("[data-others]");
    others.hidden = !ofOthers;
    others.querySelector("span").textContent = this.texts.others.replace("0", ofOthers);
    this.tellChange(isLate ? this.words(outbox, isLate) : this.texts.saved);
  }

  words({ waiting, isOffline, isFailing }, isLate) {
    const since = waiting.length && new Date(waiting[0].at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    const text = !waiting.length ? this.texts.saved : isLate ? this.texts.waiting.replace("0", waiting.length).replace("00:00", since) : this.texts.saving;
    const trouble = isOffline ? this.texts.offline : isFailing ? this.texts.failing : "";
    return `${trouble} ${text}`.trim();
  }

  /** Screen readers hear of saving only when it changes from well to not well, or back. */
  tellChange(words) {
    if (words === this.said) return;
    if (this.said) this.live.textContent = words;
    this.said = words;
  }

  announce(text) {
    this.live.textContent = text;
  }

  tell(text, kind = "") {
    this.notice.textContent = text;
    this.notice.className = `notice ${kind}`;
    this.notice.hidden = !text;
  }

  /** Name the last answer, so that a slip is noticed; nothing when it was taken back. */
  showLast(letter) {
    this.last.hidden = !letter;
    if (!letter) return;
    this.last.querySelector("[data-product]").textContent = letter.product;
    this.last.querySelector("[data-answer]").textContent = letter.kind === "skip" ? this.texts.skipped : letter.chosen;
  }

  /** Say why the server did not take something. */
  reason(code, { detail, ...fields }) {
    if (code === 404) return this.texts.gone;
    return detail ?? (Object.values(fields).flat().join(" ") || this.texts.refused.replace("0", code));
  }

  /** List what the server did not take, or took otherwise than usual, until it is put away. */
  showNews(items, dismiss) {
    this.news.hidden = !items.length;
    this.all.hidden = items.length < 2;
    this.all.onclick = () => dismiss(items);
    this.news.querySelector("ul").replaceChildren(...items.map((item) => this.newsItem(item, dismiss)));
  }

  newsItem(item, dismiss) {
    const row = document.createElement("li");
    const text = document.createElement("div");
    const name = document.createElement("b");
    const reason = document.createElement("p");
    const button = document.createElement("button");
    name.textContent = item.product;
    text.append(name, item.chosen ? ` → ${item.chosen}` : "");
    reason.textContent = item.reason;
    text.append(reason);
    button.type = "button";
    button.className = "button compact";
    button.textContent = this.texts.dismiss;
    button.addEventListener("click", () => dismiss([item]));
    row.append(text, button);
    return row;
  }
}
