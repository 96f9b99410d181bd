// A category path as elements: ancestors quiet, the leaf strong, what was typed marked.

import { covered } from "./search.js";

const LONG = 42; // characters; a longer path loses its middle, never its leaf
const LONG_ON_A_PHONE = 26;
const phone = globalThis.matchMedia?.("(max-width: 720px)");

/** Return the path; `parting` is the level that tells it from its namesakes. */
export function pathElement(path, { parting = null, query = "" } = {}) {
  const shown = document.createElement("span");
  shown.className = "path";
  const hidden = left(path, parting);
  path.forEach((name, level) => {
    if (hidden.has(level)) {
      if (!hidden.has(level - 1)) shown.append(separator(), "…");
      return;
    }
    if (level) shown.append(separator());
    shown.append(levelElement(name, level === path.length - 1, level === parting, query));
  });
  if (hidden.size) shown.title = path.join(" › ");
  return shown;
}

/** The levels that a long path leaves out: neither the first, nor the leaf and its parent. */
function left(path, parting) {
  const isLong = path.join("").length > (phone?.matches ? LONG_ON_A_PHONE : LONG);
  const middle = isLong ? path.keys() : [];
  return new Set([...middle].filter((level) => level > 0 && level < path.length - 2 && level !== parting));
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
  const characters = Array.from(name.normalize("NFC"));
  const mark = document.createElement("mark");
  mark.textContent = characters.slice(part[0], part[1]).join("");
  element.append(characters.slice(0, part[0]).join(""), mark, characters.slice(part[1]).join(""));
  return element;
}
