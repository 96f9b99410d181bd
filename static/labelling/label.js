// The labelling page: the next product is already here when an answer is given.

import { closeByKey, openGuideline, openPace, sendQuestions } from "./asides.js";
import { Commands } from "./commands.js";
import { Finder, pathElement } from "./finder.js";
import { byPlace, Keymap } from "./keymap.js";
import { choice, keysDialog } from "./keys_dialog.js";
import { openLetters } from "./letters.js";
import { Outbox } from "./outbox.js";
import { Pictures } from "./pictures.js";
import { Progress } from "./progress.js";
import * as product from "./product.js";
import { Queue } from "./queue.js";
import { MOST_RECENT, Recents } from "./recents.js";
import { Comment, reasonsDialog } from "./remarks.js";
import { newKey, Person, post } from "./server.js";
import { Status } from "./status.js";
import { History } from "./undo.js";
import { Words } from "./words.js";
import { Zoom } from "./zoom.js";

const one = (selector) => document.querySelector(selector);
const page = one("main");
const { assignments, round, person: personId, labels, acceptance, texts } = JSON.parse(one("#labelling").textContent);
const isTouched = matchMedia("(pointer: coarse)").matches;
const directName = `labelhub.direct.${personId}`;
const status = new Status(texts);
const progress = new Progress(one("[data-progress]"), one("[data-bar]"), round.id);
const person = new Person(personId, round.addresses.person);
const pictures = new Pictures(one("[data-photo]"));
const zoom = new Zoom(one("#zoom"), pictures);
const comment = new Comment(one("#comment-dialog"), one("[data-comment]"));
const words = new Words(one("#product-name"), one("[data-bubble]"), round.outside, searchFor);
const outbox = new Outbox(await openLetters(), person, send, { change: showOutbox, sent, refused, told: hear, reason: (code, data) => status.reason(code, data) });
await outbox.start();
const finder = new Finder(one("[data-finder]")); // from here to the end nothing waits: no key finds half a page
const queue = new Queue(assignments.filter((each) => !outbox.has(each.id)), { ...round, left: () => progress.left }, outbox, {
  added: () => { page.dataset.inHand = queue.items.length; pictures.prefetch(queue.items.slice(1)); },
  front: showNext,
  passed: ({ sample }) => status.tell(texts.passed.replace("0", sample.name), "warn"),
  empty: showEmpty,
  stuck: showStuck,
});
const history = new History(outbox, round.addresses.undo, {
  restore,
  refused: (reason) => status.tell(reason, "warn"),
  cut: () => status.tell(texts.undoLater, "warn"),
  takenBack: () => progress.takenBack(),
});
let isByNumber = false;
let isRestoring = false;

// Sending

function send(letter, as) {
  const own = letter.round === round.id;
  const address = letter.kind === "undo" ? `/api/v1/rounds/${letter.round}/undo` : `/api/v1/assignments/${letter.assignment}/${letter.kind}`;
  const isLast = letter.kind === "annotation" || letter.kind === "skip";
  const wants = !isLast ? {} : own ? queue.wants(letter) : { holding: [], ahead: 0 };
  return post(address, { ...letter.body, ...wants }, { as });
}

function sent(letter, code, data) {
  progress.sent(letter, code);
  if (data.detail) outbox.note(letter, data.detail);
  if (letter.round !== round.id || letter.kind === "undo") return;
  if (data.outcome === "closed") return queue.close(texts.closed);
  queue.add([data.next ?? []].flat());
  queue.refill();
}

function refused(letter) {
  history.forget(letter);
  if (letter.kind === "undo" && queue.drop([letter.assignment])) queue.answered.add(letter.assignment);
  queue.refill();
}

function showOutbox() {
  status.showOutbox(outbox);
  status.showNews(outbox.refused, (items) => outbox.dismiss(items));
  progress.show(outbox.waiting);
}

/** Another tab of the same person answered, or took an answer back. */
function hear({ kind, assignment, letter, status: code }) {
  if (kind === "returned") queue.answered.delete(assignment);
  if (kind === "sent") progress.sent(letter, code);
  progress.show(outbox.waiting);
  if (kind !== "taken") return;
  const { current } = queue;
  queue.answered.add(assignment);
  if (queue.drop([assignment])) status.tell(texts.otherTab.replace("0", current.sample.name), "warn");
  queue.refill();
}

// Showing

function showNext() {
  const { current } = queue;
  page.classList.toggle("waiting", !current);
  finder.input.readOnly = !current;
  finder.reset();
  comment.set("");
  if (!current) {
    one("#product-name").textContent = outbox.isOffline ? texts.cut : outbox.isFailing ? texts.down : texts.coming;
    queue.refill();
    return;
  }
  page.classList.remove("empty-handed");
  product.show(current, page, { labels, acceptance, texts });
  pictures.show(current.sample, queue.items.slice(1).map((each) => each.sample));
  pictures.prefetch(queue.items.slice(1));
  words.reset();
  for (const field of document.querySelectorAll("[name=assignment], [data-asked-about]")) field.value = current.id;
  status.announce(current.sample.name);
  one(".task").scrollTop = 0;
  if (!isTouched && !isByNumber) finder.input.focus({ preventScroll: true });
  isByNumber = false;
  if (current.was) showFormer(current);
}

/** Choose and comment again as the person did before they took the answer back. */
async function showFormer({ id, was }) {
  comment.set(was.comment ?? "");
  await finder.ready;
  if (queue.current?.id === id) choose(was.category_id, true);
}

function showEmpty(reason) {
  page.classList.add("empty-handed");
  one("#product-name").textContent = round.name;
  one("[data-empty-reason]").textContent = reason;
  status.announce(reason);
}

/** Nothing is in hand, and the server gives nothing. */
function showStuck(code) {
  one("[data-away]").hidden = ![401, 403].includes(code);
  if (code === 404) return showEmpty(texts.left);
  one("#product-name").textContent = code >= 500 ? texts.down : code ? texts.coming : texts.cut;
}

function showChosen(node) {
  const box = one("[data-chosen]");
  box.hidden = !node;
  box.querySelector("[data-path]").replaceChildren(...(node ? [pathElement(node.path)] : []));
  for (const button of page.querySelectorAll(".suggestion")) {
    button.setAttribute("aria-pressed", String(Number(button.value) === node?.id));
  }
}

// Answering

function answer(choice, chosen) {
  if (!queue.current) return;
  status.tell("");
  const body = { ...choice, comment: comment.text };
  finish(letterOf("annotation", body, chosen));
}

function finish(letter) {
  const assignment = queue.finish();
  history.note(assignment, letter);
  status.showLast(letter);
  outbox.add(letter);
}

function letterOf(kind, body, chosen = "") {
  const { id: assignment, sample } = queue.current;
  const key = newKey();
  return { round: round.id, assignment, kind, key, body: { ...body, key }, product: sample.name, chosen };
}

function submit() {
  const { chosen: node, missed = "" } = finder;
  if (!node || !queue.current) return;
  recents.remember(node);
  answer({ category_id: node.id, ...(missed ? { missed } : {}) }, node.path.join(" › "));
}

function decideNot() {
  answer({ is_undecidable: true }, texts.undecidable);
}

function skip({ reason, other }) {
  if (!queue.current) return;
  finish(letterOf("skip", { reason: (other?.trim() || reason || "").slice(0, 200) }));
}

function flag({ kind, comment: said }) {
  if (!queue.current) return;
  outbox.add(letterOf("flag", { kind, comment: said.trim() }));
  if (kind === "adult") pictures.veil(true);
  status.tell(texts.flagged);
}

/** Put a product back on screen with what was said of it, ready to be said again. */
function restore(assignment) {
  const { was } = assignment;
  queue.putBack(assignment);
  status.showLast(null);
  status.tell(!was ? texts.unskipped : was.is_undecidable ? texts.undoneUndecidable : texts.undone);
}

// Choosing

function nodeOf(id) {
  return finder.tree?.answers.find((each) => each.id === id);
}

function choose(id, isAgain = false) {
  const node = nodeOf(id);
  if (!node && !isAgain) status.tell(texts.unchoosable, "warn");
  if (!node || !queue.current) return;
  isRestoring = isAgain;
  finder.choose(node);
  isRestoring = false;
}

function chooseSuggestion(place) {
  const button = page.querySelectorAll(".suggestion")[place];
  if (!button) return;
  isByNumber = true;
  choose(Number(button.value));
}

function searchFor(text) {
  finder.input.value = text;
  finder.input.dispatchEvent(new Event("input", { bubbles: true }));
  finder.input.focus();
}

const recents = new Recents(one("[data-recents]"), round.recents, nodeOf, (node) => finder.choose(node));

finder.element.addEventListener("finder:choose", ({ detail: node }) => {
  showChosen(node);
  if (one("#direct").checked && !isRestoring) submit();
});
finder.element.addEventListener("finder:clear", () => showChosen(null));
finder.element.addEventListener("finder:submit", submit);
status.followState(finder);
if (!isTouched) finder.input.addEventListener("input", () => finder.element.scrollIntoView({ block: "nearest" }));
document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (form.id !== "answer" && !form.contains(finder.element)) return;
  event.preventDefault();
  if (form.id !== "answer") return;
  if (submitter?.name !== "category") return submit();
  choose(Number(submitter.value));
  return one("[data-chosen] button").focus();
});

// Dialogs and keys

const open = (selector) => () => one(selector)?.showModal();
const openSkip = reasonsDialog(one("#skip-dialog"), skip);
const openFlag = reasonsDialog(one("#flag-dialog"), flag);
const actions = {
  skip: () => queue.current && openSkip(),
  flag: () => queue.current && openFlag(),
  comment: () => queue.current && comment.open(),
  undecidable: decideNot,
  undo: () => history.undo(),
  zoom: () => zoom.open(),
  nextPicture: () => pictures.turn(1),
  previousPicture: () => pictures.turn(-1),
  guideline: () => openGuideline(one("#guideline"), finder.chosen ?? finder.found[finder.at]),
  tree: () => finder.openTree?.(),
  word: () => words.step(),
  outside: () => words.lookOutside(),
  copy: () => one("[data-copy=product-name]").click(),
  pace: () => openPace(one("#pace"), round.addresses.pace),
  filter: open("#filter-dialog"),
  find: () => finder.input.focus(),
  keys: open("#keys-dialog"),
};
const keymap = new Keymap(`labelhub.keys.${personId}`);
const digits = byPlace(MOST_RECENT, chooseSuggestion, (place) => recents.choose(place));
const bound = () => ({ ...digits, Enter: submit, NumpadEnter: submit, ...keymap.bind(actions) });
const commands = new Commands(bound(), finder.input);
keysDialog(one("#keys-dialog"), keymap, texts.keys, () => { commands.actions = bound(); });

for (const name of ["guideline", "pace", "keys"]) {
  closeByKey(one(name === "keys" ? "#keys-dialog" : `#${name}`), () => keymap.key(name));
}
sendQuestions(one("#drawer-asked"), () => queue.current?.id);
for (const button of document.querySelectorAll("[data-do]")) {
  button.hidden = false;
  button.type = "button"; // without a script some of them send a form
  button.addEventListener("click", () => actions[button.dataset.do]());
}
choice(one("#letters"), !commands.areLettersOff, (isOn) => { commands.areLettersOff = !isOn; });
choice(one("#direct"), localStorage.getItem(directName) === "1", (isOn) => localStorage.setItem(directName, isOn ? "1" : "0"));

const early = finder.input.value; // typed while the scripts were on their way
showNext();
if (early) searchFor(early);
outbox.flush();
queue.refill();
