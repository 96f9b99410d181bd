// A category finder as a field of an ordinary form: choosing fills the hidden field.

import { Finder, pathElement } from "./finder.js";

for (const element of document.querySelectorAll("[data-finder]")) {
  const finder = new Finder(element);
  const chosen = element.parentElement.querySelector("[data-chosen]");
  element.addEventListener("finder:choose", (event) => {
    finder.input.value = event.detail.path.join(" ");
    chosen?.replaceChildren(pathElement(event.detail.path));
    if (chosen) chosen.hidden = false;
  });
  element.addEventListener("finder:clear", () => { if (chosen) chosen.hidden = true; });
}
