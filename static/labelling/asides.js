// What opens beside the work and changes nothing: the guideline, and one's own progress.

import { pathElement } from "./finder.js";
import { keyOf } from "./keymap.js";
import { insert, token } from "./server.js";

/** Open the round's guideline, with that of the chosen category above it. */
export async function openGuideline(drawer, chosen) {
  const place = drawer.querySelector("[data-category-guideline]");
  place.hidden = true;
  if (!drawer.open) drawer.showModal();
  if (!chosen) return;
  const reply = await ask(`/api/v1/categories/${chosen.id}/guideline`);
  if (!reply) return;
  const { text_html: text, examples = [] } = await reply.json();
  const list = place.querySelector("[data-examples]");
  place.hidden = !text && !examples.length;
  place.querySelector("h3").replaceChildren(pathElement(chosen.path));
  insert(text, place.querySelector("[data-text]"));
  list.replaceChildren(...examples.map((example) => exampleElement(example, list.dataset)));
}

function exampleElement({ name, image, belongs, note }, words) {
  const item = document.createElement("li");
  const picture = document.createElement(image ? "img" : "span");
  if (image) Object.assign(picture, { src: image, alt: "" });
  else picture.className = "none";
  const text = document.createElement("div");
  const verdict = document.createElement("span");
  verdict.className = belongs ? "chip good" : "chip bad";
  verdict.textContent = belongs ? `✓ ${words.belongs}` : `✕ ${words.not}`;
  text.append(verdict, name);
  if (note) {
    const said = document.createElement("span");
    said.className = "small quiet";
    said.textContent = note;
    text.append(said);
  }
  item.append(picture, text);
  return item;
}

export async function openPace(dialog, address) {
  dialog.showModal();
  const reply = await ask(address);
  if (reply) insert(await reply.text(), dialog.querySelector("[data-pace]"));
}

/** Send the questions of the drawer and show what became of them; without a network they stay there. */
export function sendQuestions(place, numberOfCurrent) {
  place.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-ask]");
    if (!form) return;
    event.preventDefault();
    const body = new FormData(form);
    body.delete("csrfmiddlewaretoken"); // as old as the page; a new login has a new one
    const headers = { "X-CSRFToken": token(), "X-Requested-With": "fetch" };
    const reply = await ask(form.action, { method: "POST", body, headers });
    if (!reply) return showUnsent(form.querySelector("[data-unsent]"));
    insert(await reply.text(), place);
    place.querySelector("[data-asked-about]").value = numberOfCurrent() ?? "";
    place.querySelector("[role=status], [role=alert]")?.scrollIntoView({ block: "nearest" });
  });
}

function showUnsent(notice) {
  notice.hidden = false;
  notice.scrollIntoView({ block: "nearest" });
}

/** Let the key that opens a dialog close it too, outside its text fields. */
export function closeByKey(dialog, key) {
  dialog.addEventListener("keydown", (event) => {
    const isOther = event.defaultPrevented || event.repeat || event.isComposing || event.ctrlKey || event.metaKey;
    if (isOther || event.target.closest("input, textarea") || keyOf(event) !== key()) return;
    event.preventDefault();
    event.stopPropagation(); // it must not open it again
    dialog.close();
  });
}

/** Ask the server for something to read; null when it does not answer. */
async function ask(address, more = {}) {
  const reply = await fetch(address, { credentials: "same-origin", ...more }).catch(() => null);
  return reply?.ok && !reply.redirected ? reply : null;
}
