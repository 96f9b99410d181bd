// Show a product: its pictures, its name, and the fields that the round shows.

import { pathElement } from "./finder.js";

/** Put an assignment's product on the page; `labels` names the fields. */
export function show(assignment, page, labels) {
  const { sample } = assignment;
  page.querySelector("#product-name").textContent = sample.name;
  page.querySelector("[data-meta]").replaceChildren(...Object.keys(labels).flatMap((field) => {
    if (!(field in sample)) return [];
    return [element("dt", labels[field]), element("dd", sample[field] || "–", field === "mall_category")];
  }));
  showPictures(sample.images, page);
  showSuggestions(assignment.suggestions, page);
}

function element(name, text, isPath = false) {
  const made = document.createElement(name);
  if (isPath && text.includes(">")) made.append(pathElement(text.split(">").map((level) => level.trim())));
  else made.textContent = text;
  return made;
}

function showPictures(images, page) {
  const photo = page.querySelector("[data-photo]");
  const large = photo.querySelector("[data-large]");
  photo.classList.toggle("bare", images.length === 0);
  photo.querySelector("[data-none]").hidden = images.length > 0;
  photo.querySelector("[data-zoom]").hidden = images.length === 0;
  if (images.length) large.src = images[0].large;
  else large.removeAttribute("src");
  photo.querySelector("[data-thumbs]").replaceChildren(...(images.length > 1 ? images : []).map(thumb(large)));
}

function thumb(large) {
  return (image, place) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const picture = document.createElement("img");
    button.type = "button";
    button.dataset.show = image.large;
    button.setAttribute("aria-label", `${large.alt} ${place + 1}`);
    if (place === 0) button.setAttribute("aria-current", "true");
    picture.src = image.small;
    picture.alt = "";
    button.append(picture);
    item.append(button);
    return item;
  };
}

function showSuggestions(suggestions, page) {
  const list = page.querySelector("[data-suggestions]");
  if (!list) return;
  list.replaceChildren(...suggestions.map((suggestion) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.className = "button suggestion";
    button.name = "category";
    button.value = suggestion.category_id;
    button.setAttribute("form", "answer");
    const share = document.createElement("span");
    share.className = "quiet small tabular";
    share.textContent = `${Math.round(100 * suggestion.probability)}%`;
    button.append(pathElement(suggestion.path.split(">")), share);
    item.append(button);
    return item;
  }));
}

/** Let the browser fetch the pictures of products that come soon. */
export function prefetch(assignments) {
  for (const { sample } of assignments) {
    for (const image of sample.images.slice(0, 1)) new Image().src = image.large;
  }
}

/** Switch the large picture with the small ones, and enlarge it. */
export function listen(page) {
  page.addEventListener("click", (event) => {
    const button = event.target.closest("[data-show]");
    if (!button) return;
    page.querySelector("[data-large]").src = button.dataset.show;
    for (const other of page.querySelectorAll("[data-show]")) other.removeAttribute("aria-current");
    button.setAttribute("aria-current", "true");
  });
  const dialog = document.querySelector("#zoom");
  page.querySelector("[data-zoom]")?.addEventListener("click", () => zoom(page, dialog));
  dialog?.addEventListener("click", () => dialog.close());
}

export function zoom(page, dialog = document.querySelector("#zoom")) {
  const { src } = page.querySelector("[data-large]");
  if (!src) return;
  dialog.querySelector("img").src = src;
  dialog.showModal();
}
