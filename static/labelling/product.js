// Show a product: its name, the fields that the round shows, and in assisted rounds the suggestions.

import { pathElement } from "./finder.js";

/** Put an assignment's product on the page; `labels` names the fields. */
export function show({ sample, suggestions }, page, { labels, acceptance, texts }) {
  page.querySelector("#product-name").textContent = sample.name;
  page.querySelector("[data-meta]").replaceChildren(...Object.keys(labels).flatMap((field) => {
    if (!(field in sample)) return [];
    const row = [element("dt", labels[field]), element("dd", shown(field, sample[field]), field === "mall_category")];
    if (!sample[field]) for (const each of row) each.className = "unknown";
    return row;
  }));
  const list = page.querySelector("[data-suggestions]");
  list?.replaceChildren(...suggestions.map((each, place) => suggestionElement(each, place, acceptance[place], texts)));
}

function shown(field, text) {
  const isAmount = field === "price" && /^\d+$/.test(text);
  return isAmount ? Number(text).toLocaleString(document.documentElement.lang) : text || "–";
}

function element(name, text, isPath = false) {
  const made = document.createElement(name);
  if (isPath && text.includes(">")) made.append(pathElement(text.split(">").map((level) => level.trim())));
  else made.textContent = text;
  return made;
}

function suggestionElement(suggestion, place, accepted, texts) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.className = "button suggestion";
  button.name = "category";
  button.value = suggestion.category_id;
  button.setAttribute("form", "answer");
  const key = element("kbd", String(place + 1));
  key.className = "desk";
  const bar = document.createElement("progress");
  bar.value = suggestion.probability;
  bar.setAttribute("aria-hidden", "true");
  const share = element("span", `${Math.round(100 * suggestion.probability)}%`);
  share.className = "tabular small share";
  button.append(key, pathElement(suggestion.path.split(">")), bar, share);
  if (accepted?.offered) {
    const note = element("span", texts.accepted.replace("0", `${Math.round((100 * accepted.taken) / accepted.offered)}%`));
    note.className = "quiet small tabular accepted";
    note.title = `${accepted.taken.toLocaleString()} / ${accepted.offered.toLocaleString()}`;
    button.append(note);
  }
  item.append(button);
  return item;
}
