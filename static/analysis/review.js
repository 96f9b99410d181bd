// The review page: single keys press its buttons; 0 asks which category is right.

import { Commands } from "../labelling/commands.js";
import { Finder, pathElement } from "../labelling/finder.js";
import { Gallery } from "../labelling/gallery.js";
import { Zoom } from "../labelling/zoom.js";

const page = document.querySelector("main");
const form = document.querySelector("#verdict");
const right = document.querySelector("[data-right]");
const neither = document.querySelector("[data-neither]");
const finder = new Finder(right.querySelector("[data-finder]"));
const chosen = document.querySelector("[data-path]");
const nothing = chosen.textContent;
const zoom = new Zoom(document.querySelector("#zoom"), new Gallery(page));
let isSent = false;

function press(key) {
  return () => document.querySelector(`[data-key="${key}"]`)?.click();
}

function askForTheRightOne() {
  if (right.hidden === false) return neither.click();
  right.hidden = false;
  right.scrollIntoView({ block: "nearest" });
  return finder.input.focus();
}

document.querySelector('[data-key="neither"]').addEventListener("click", (event) => {
  if (right.hidden) {
    event.preventDefault();
    askForTheRightOne();
  }
});

form.addEventListener("submit", (event) => {
  // A second press while the first is on its way would judge the next product unseen.
  if (isSent) event.preventDefault();
  isSent = true;
});
window.addEventListener("pageshow", () => { isSent = false; });

finder.element.addEventListener("finder:choose", (event) => chosen.replaceChildren(pathElement(event.detail.path)));
finder.element.addEventListener("finder:clear", () => { chosen.textContent = nothing; });
finder.element.addEventListener("finder:submit", () => neither.click());

const keys = { first: ["Digit1", "Numpad1", "ArrowLeft"], second: ["Digit2", "Numpad2", "ArrowRight"], both: ["Digit3", "Numpad3"], neither: ["Digit0", "Numpad0"], later: ["Period", "NumpadDecimal"] };
const actions = Object.fromEntries(Object.entries(keys).flatMap(([key, codes]) => codes.map((code) => [code, press(key)])));
const commands = new Commands({
  ...actions,
  KeyU: () => document.querySelector("#undo button")?.click(),
  KeyZ: () => zoom.open(),
  Enter: () => { if (!right.hidden) neither.click(); },
  Slash: () => { if (!right.hidden) finder.input.focus(); },
  "Shift+Slash": () => document.querySelector("#keys-dialog").showModal(),
}, finder.input);

for (const button of document.querySelectorAll("[data-open]")) {
  button.addEventListener("click", () => document.getElementById(button.dataset.open).showModal());
}
const letters = document.querySelector("#letters");
letters.checked = !commands.areLettersOff;
letters.addEventListener("change", () => { commands.areLettersOff = !letters.checked; });
document.querySelector("[data-zoom]")?.addEventListener("click", () => zoom.open());
