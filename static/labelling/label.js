// The labelling page: the next product is already here when an answer is given.

import { Commands } from "./commands.js";
import { Finder, pathElement } from "./finder.js";
import { Outbox } from "./outbox.js";
import * as product from "./product.js";

const ENOUGH_AHEAD = 3; // products; below this the page claims more
const RENEW_EVERY = 10 * 60_000; // milliseconds; a third of the lease
const MOST_RECENT = 9;

const page = document.querySelector("main");
const task = document.querySelector("[data-task]");
const { claimUrl, assignmentUrl, undoUrl, outbox: outboxKey, recent: recentKey } = task.dataset;
const texts = json("texts");
const labels = json("labels");
const answerForm = document.querySelector("#answer");
const undecidable = document.querySelector("#undecidable");
const progress = document.querySelector("[data-progress]");
const finder = new Finder(document.querySelector("[data-finder]"));
const isTouched = matchMedia("(pointer: coarse)").matches;
let queue = json("assignments");
let isExhausted = false;
let isClaiming = false;
const answered = new Set();

function json(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

function post(address, body = {}) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  return fetch(address, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body),
  });
}

const outbox = new Outbox(outboxKey, (letter) => post(`${assignmentUrl}${letter.id}/${letter.kind}`, letter.body), {
  change: showWaiting,
  sent: (letter, data, isNew) => {
    // A tab that closed had sent it after all, so the page counted it twice.
    if (letter.isFromBefore && letter.kind === "annotation" && !isNew) count(-1);
    enqueue(data.next ? [data.next] : []);
    refill();
  },
  refused: (letter, reason) => {
    tell(`${letter.name}: ${reason}`, "bad");
    if (letter.kind === "annotation") count(-1);
    refill();
  },
  expired: () => tell(texts.expired, "bad"),
});

// What is shown

function showNext() {
  const [current] = queue;
  page.classList.toggle("waiting", !current);
  finder.input.readOnly = !current;
  if (!current) {
    finder.reset();
    page.querySelector("#product-name").textContent = texts.coming;
    if (isExhausted && !outbox.letters.length) window.location.reload();
    return;
  }
  product.show(current, page, labels);
  finder.reset();
  answerForm.elements.assignment.value = current.id;
  document.querySelector("#skip-form").elements.assignment.value = current.id;
  product.prefetch(queue.slice(1));
  if (!isTouched) finder.input.focus();
}

function showWaiting(waiting, isOffline) {
  const chip = document.querySelector("[data-saved]");
  chip.querySelector("i").className = isOffline ? "dot bad" : waiting ? "dot warn" : "dot";
  const text = waiting ? texts.waiting.replace("0", waiting) : texts.saved;
  chip.querySelector("span").textContent = isOffline ? `${texts.offline} ${text}` : text;
}

function tell(text, kind = "") {
  const notice = document.querySelector("[data-notice]");
  notice.textContent = text;
  notice.className = `notice ${kind}`;
  notice.hidden = !text;
}

function count(step) {
  const bar = document.querySelector("[data-bar]");
  progress.dataset.done = Number(progress.dataset.done) + step;
  const numbers = [progress.dataset.done, progress.dataset.total].map((n) => Number(n).toLocaleString());
  progress.textContent = numbers.join(" / ");
  bar.value = progress.dataset.done;
}

function showChosen(node) {
  const box = document.querySelector("[data-chosen]");
  box.hidden = !node;
  box.querySelector("[data-path]").replaceChildren(...(node ? [pathElement(node.path)] : []));
}

// What is done

function answer(body, name = "") {
  const current = queue.shift();
  if (!current) return;
  answered.add(current.id);
  tell("");
  count(1);
  outbox.add({ id: current.id, kind: "annotation", body, name: name || current.sample.name });
  showNext();
}

function submit() {
  if (!finder.chosen) return;
  remember(finder.chosen);
  answer({ category_id: finder.chosen.id });
}

function skip(reason) {
  const current = queue.shift();
  if (!current) return;
  answered.add(current.id);
  outbox.add({ id: current.id, kind: "skip", body: { reason }, name: current.sample.name });
  showNext();
}

async function undo() {
  await outbox.flush();
  if (outbox.letters.length) return tell(texts.undoLater, "warn");
  const reply = await post(undoUrl).catch(() => null);
  if (!reply) return tell(texts.undoLater, "warn");
  const data = await reply.json();
  if (!reply.ok) return tell(data.detail, "warn");
  answered.delete(data.id);
  queue = [data, ...queue.filter((each) => each.id !== data.id)];
  count(-1);
  showNext();
  return tell(texts.undone);
}

function enqueue(assignments) {
  const known = new Set(queue.map((each) => each.id));
  const fresh = assignments.filter((each) => !known.has(each.id) && !answered.has(each.id) && !outbox.has(each.id));
  const wasEmpty = queue.length === 0;
  queue.push(...fresh);
  product.prefetch(fresh);
  if (wasEmpty && queue.length) showNext();
}

async function refill() {
  if (isClaiming || outbox.letters.length > 1 || queue.length >= ENOUGH_AHEAD) return;
  isClaiming = true;
  const reply = await post(claimUrl).catch(() => null);
  isClaiming = false;
  if (reply?.ok) {
    enqueue(await reply.json());
    return;
  }
  isExhausted = reply?.status === 409;
  if (isExhausted && !queue.length) showNext();
}

// The categories chosen last

function recents() {
  try {
    return JSON.parse(localStorage.getItem(recentKey) ?? "[]");
  } catch {
    return [];
  }
}

function remember(node) {
  const kept = [{ id: node.id, path: node.path }, ...recents().filter((each) => each.id !== node.id)];
  localStorage.setItem(recentKey, JSON.stringify(kept.slice(0, MOST_RECENT)));
  showRecents();
}

function showRecents() {
  const list = document.querySelector("[data-recents]");
  list.hidden = recents().length === 0;
  list.querySelector("ol").replaceChildren(...recents().map((each, place) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button compact";
    button.title = each.path.join(" › ");
    const key = document.createElement("kbd");
    key.className = "desk";
    key.textContent = `Alt ${place + 1}`;
    button.append(key, each.path.at(-1));
    button.addEventListener("click", () => chooseRecent(place));
    item.append(button);
    return item;
  }));
}

function chooseRecent(place) {
  const recent = recents()[place];
  const node = recent && finder.tree?.answers.find((each) => each.id === recent.id);
  if (node) finder.choose(node);
}

// The keyboard and the forms

const skipDialog = document.querySelector("#skip-dialog");
const keysDialog = document.querySelector("#keys-dialog");
const open = (dialog) => () => dialog?.showModal();
const digits = Array.from({ length: MOST_RECENT }, (_, place) => [`Alt+Digit${place + 1}`, () => chooseRecent(place)]);
const commands = new Commands({
  KeyS: open(skipDialog),
  KeyU: undo,
  KeyM: () => answer({ is_undecidable: true }),
  KeyZ: () => product.zoom(page),
  KeyG: open(document.querySelector("#guideline")),
  Slash: () => finder.input.focus(),
  "Shift+Slash": open(keysDialog),
  Enter: submit,
  ...Object.fromEntries(digits),
}, finder.input);

finder.element.addEventListener("finder:choose", (event) => showChosen(event.detail));
finder.element.addEventListener("finder:clear", () => showChosen(null));
finder.element.addEventListener("finder:submit", submit);
finder.input.addEventListener("focus", () => {
  showState(texts.finding);
  // On a phone the results then have the room above the keyboard.
  if (isTouched) finder.element.scrollIntoView({ block: "start" });
});
finder.input.addEventListener("blur", () => showState(texts.command));

function showState(text) {
  document.querySelector("[data-state]").textContent = text;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id === "skip-form") {
    event.preventDefault();
    if (skipDialog.open) {
      skipDialog.close();
      skip(new FormData(form).get("reason"));
    } else skipDialog.showModal();
  } else if (form.id === "undo-form") {
    event.preventDefault();
    undo();
  } else if (form.id === "answer") {
    event.preventDefault();
    const { submitter } = event;
    if (submitter === undecidable) answer({ is_undecidable: true });
    else if (submitter?.name === "category") answer({ category_id: Number(submitter.value) });
    else submit();
  } else if (form.contains(finder.element)) event.preventDefault();
});

for (const button of document.querySelectorAll("[data-open]")) {
  button.addEventListener("click", () => document.getElementById(button.dataset.open).showModal());
}
const letters = document.querySelector("#letters");
letters.checked = !commands.areLettersOff;
letters.addEventListener("change", () => { commands.areLettersOff = !letters.checked; });

product.listen(page);
showRecents();
// Answers that waited from an earlier visit are on their way; the server has not counted them yet.
queue = queue.filter((each) => !outbox.has(each.id));
count(outbox.letters.filter((letter) => letter.kind === "annotation").length);
showNext();
outbox.keep();
outbox.flush();
refill();
setInterval(() => { if (!document.hidden) post(claimUrl).catch(() => {}); }, RENEW_EVERY);
