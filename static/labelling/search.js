// Search the category tree in the browser. Pure functions over the columns of /api/v1/categories.

import { fromHangul, fromLatin, initial, initials, isInitials, letters, typed } from "./hangul.js";
import { LONG_ENOUGH_FOR_A_TYPO, Names } from "./names.js";

export const MOST_SHOWN = 20; // more than anybody reads; another word narrows them
const NONE = 255; // the cost of what does not match
const NONE_OF_ITS_OWN = 4; // a word found in the parent ranks below one found in the name itself
const PER_LEVEL = 1; // and a little lower for each level in between
const BY_SYNONYM = 1; // at equal matches the name itself comes first
const BY_INITIALS = 2; // but the initials of a whole name come first
const BY_OTHER_KEYBOARD = 3; // Hangul typed as Latin letters, or the reverse
const BY_START_OF_ID = 2;
const GLUED = 3; // two words of the path written as one: 여성블라우스
const UNKNOWN_PART = 20; // only the end or the start of the word is known: 수분크림 is a 크림
const SURE = 3; // such a part starts or ends a name somewhere; letters inside one say nothing
const LEFT_OUT = 40; // a word that a category lacks, where none has them all
const MAY_BE_GLUED = /^[가-힣a-z0-9]{2,11}[가-힣ㄱ-ㅣa-z0-9]$/i; // the last syllable may be unfinished
const HANGUL = /^[가-힣]{3,12}$/;
const BETWEEN = /[\s>]+/;
const REMEMBERED = 200; // words whose costs are kept, because the next letter needs most of them again

/**
 * Prepare the tree for searching.
 * @param tree columns ids, parents, names, codes, leaves and, by place, synonyms; parents come
 *   before their children.
 * @param level the level of answers; null means leaves, "any" all categories.
 */
export function prepare(tree, level = null) {
  const nodes = [];
  for (let place = 0; place < tree.ids.length; place += 1) {
    const parent = tree.parents[place] < 0 ? null : nodes[tree.parents[place]];
    const name = tree.names[place];
    nodes.push({
      place,
      id: tree.ids[place],
      code: tree.codes[place],
      isLeaf: tree.leaves[place],
      path: parent ? [...parent.path, name] : [name],
      synonyms: tree.synonyms?.[place] ?? [],
      parent,
      children: [],
    });
    parent?.children.push(nodes[place]);
  }
  for (const node of nodes.toReversed()) {
    node.isAnswer = isAnswer(node, level);
    node.leads = node.isAnswer || node.children.some((child) => child.leads);
  }
  const names = nodes.map((node) => [node.place, node.path.at(-1)]);
  const synonyms = nodes.flatMap((node) => node.synonyms.map((word) => [node.place, word]));
  return {
    nodes,
    answers: nodes.filter((node) => node.isAnswer),
    roots: nodes.filter((node) => !node.parent),
    parents: Int32Array.from(tree.parents),
    order: Float64Array.from(nodes, ({ path, place }) => (path.at(-1).length * 64 + path.length) * nodes.length + place),
    spelt: [[new Names(names), 0], [new Names(synonyms), BY_SYNONYM]],
    initials: [[new Names(names, initial), 0], [new Names(synonyms, initial), BY_SYNONYM]],
    costs: new Map(),
  };
}

function isAnswer(node, level) {
  if (level === "any") return true;
  if (level === null) return node.isLeaf;
  return node.path.length === level || (node.isLeaf && node.path.length < level);
}

/** The words of a query. */
export function wordsOf(query) {
  return query.normalize("NFC").trim().split(BETWEEN).filter(Boolean);
}

/**
 * Return the answers that fit all words of the query, best first. What no answer fits exactly is
 * taken for a typo or for words written as one; then the answers that fit most words are returned.
 */
export function search(tree, query, limit = MOST_SHOWN) {
  const words = wordsOf(query);
  if (!words.length) return [];
  const exact = words.map((word) => remembered(tree, word, costs));
  const found = best(tree, exact, limit);
  if (found.length) return found;
  const loose = words.map((word) => remembered(tree, word, looseCosts));
  const nearly = best(tree, loose, limit);
  return nearly.length || words.length === 1 ? nearly : best(tree, loose.map(orLeftOut), limit, LEFT_OUT * words.length);
}

/** The words of the query that the node's path and synonyms do not fit, not even with a typo. */
export function missing(tree, query, node) {
  return wordsOf(query).filter((word) => {
    const isFound = [costs, looseCosts].some((price) => remembered(tree, word, price)[node.place] < NONE);
    return !isFound;
  });
}

function best(tree, priced, limit, under = NONE) {
  const keys = new Float64Array(tree.answers.length);
  const { order } = tree;
  const span = order.length * 64 * 256;
  let count = 0;
  for (const { place } of tree.answers) {
    let sum = 0;
    for (const costs of priced) sum = costs[place] === NONE ? Infinity : sum + costs[place];
    if (sum < under) keys[count++] = sum * span + order[place];
  }
  const places = keys.subarray(0, count).sort().subarray(0, limit);
  return Array.from(places, (key) => tree.nodes[key % order.length]);
}

function orLeftOut(costs) {
  return Uint8Array.from(costs, (cost) => Math.min(cost, LEFT_OUT));
}

function remembered(tree, word, price) {
  const key = `${price.name} ${word}`;
  const known = tree.costs.get(key);
  if (known) return known;
  if (tree.costs.size >= REMEMBERED) tree.costs.delete(tree.costs.keys().next().value);
  const fresh = price(tree, word);
  tree.costs.set(key, fresh);
  return fresh;
}

/** What it costs to find one word in each node's path: 0 for its own whole name, more higher up. */
function costs(tree, word) {
  const own = new Uint8Array(tree.nodes.length).fill(NONE);
  const spell = (names, text, more) => {
    for (const [index, cost] of names) index.find(text, cheapest(own, cost + more));
  };
  for (const [text, more] of readings(word)) {
    if (!isInitials(text) || text.length === 1) spell(tree.spelt, text, more);
    else for (const [index, cost] of tree.initials) {
      index.find(text, cheapest(own, cost + more, BY_INITIALS));
    }
  }
  if (/\d/.test(word)) byId(tree, word, own);
  return inherited(tree, own);
}

/** Return a function that keeps the lowest cost; what is not a whole name costs `partly` more. */
function cheapest(own, more, partly = 0) {
  return (place, cost) => {
    const paid = cost + more + (cost ? partly : 0);
    if (paid < own[place]) own[place] = paid;
  };
}

/** The letters that a typed word may mean, with what the less likely ones cost. */
function readings(word) {
  const ways = [[compact(typed(word)), 0]];
  const isLoud = word === word.toUpperCase() && word !== word.toLowerCase(); // caps lock
  for (const other of [fromLatin(isLoud ? word.toLowerCase() : word), fromHangul(word)]) {
    if (other && other.length > 1) ways.push([other, BY_OTHER_KEYBOARD]);
  }
  return ways.filter(([text]) => text);
}

function compact(text) {
  return text.replace(/[/·,()&+[\]-]/g, "");
}

function byId(tree, word, own) {
  for (const node of tree.nodes) {
    const id = node.code || String(node.id);
    if (id === word) own[node.place] = 0;
    else if (node.code && word.length > 2 && id.startsWith(word)) own[node.place] = Math.min(own[node.place], BY_START_OF_ID);
  }
}

function inherited(tree, own) {
  const { parents } = tree;
  const passed = new Uint8Array(own.length).fill(NONE);
  const all = Uint8Array.from(own);
  for (let place = 0; place < own.length; place += 1) {
    const above = parents[place];
    if (above < 0) continue;
    passed[place] = Math.min(NONE, own[above] + NONE_OF_ITS_OWN, passed[above] + PER_LEVEL);
    if (passed[place] < all[place]) all[place] = passed[place];
  }
  return all;
}

/** The same, for a word with one typo, or for two words written as one. */
function looseCosts(tree, word) {
  let own = Uint8Array.from(remembered(tree, word, costs));
  const sought = compact(typed(word));
  if (sought.length >= LONG_ENOUGH_FOR_A_TYPO && !isInitials(sought)) {
    for (const [index, cost] of tree.spelt) index.findWithTypo(sought, cheapest(own, cost));
    own = inherited(tree, own);
  }
  if (MAY_BE_GLUED.test(word)) glued(tree, word, own);
  if (HANGUL.test(word) && !isKnown(own)) inPart(tree, word, own);
  return own;
}

/** Lower the costs where two words of the path were written as one. */
function glued(tree, word, own) {
  for (let at = 2; at < word.length; at += 1) {
    const first = remembered(tree, word.slice(0, at), costs);
    if (!isKnown(first)) return; // no longer start is known either
    const second = remembered(tree, word.slice(at), costs);
    for (let place = 0; place < own.length; place += 1) {
      if (first[place] === NONE || second[place] === NONE) continue;
      own[place] = Math.min(own[place], first[place] + second[place] + GLUED);
    }
  }
}

function isKnown(costs) {
  return costs.some((cost) => cost !== NONE);
}

/** Take the longest known end of the word, else its longest known start, for what is meant. */
function inPart(tree, word, own) {
  const sizes = Array.from({ length: word.length - 2 }, (_, less) => word.length - 1 - less);
  for (const part of [...sizes.map((size) => word.slice(-size)), ...sizes.map((size) => word.slice(0, size))]) {
    const known = remembered(tree, part, costs);
    if (Math.min(...known) > SURE) continue;
    known.forEach((cost, place) => { own[place] = cost === NONE ? NONE : cost + UNKNOWN_PART; });
    return;
  }
}

/** The level in which each result parts from its nearest namesake; null where its name is unique. */
export function partings(found) {
  const namesakes = new Map();
  for (const node of found) {
    const name = node.path.at(-1);
    namesakes.set(name, [...(namesakes.get(name) ?? []), node]);
  }
  return found.map((node) => {
    const others = namesakes.get(node.path.at(-1)).filter((other) => other !== node);
    const levels = others.map((other) => node.path.findIndex((name, level) => other.path[level] !== name));
    return levels.length ? Math.max(...levels) : null;
  });
}

/** How many characters at which place of a name a word of the query covers, or null. */
export function covered(name, query) {
  const characters = Array.from(name.normalize("NFC"));
  for (const word of wordsOf(query)) {
    const sought = typed(word);
    const isShort = isInitials(sought) && sought.length > 1;
    for (let start = 0; start < characters.length; start += 1) {
      let joined = "";
      for (let end = start; end < characters.length && joined.length < sought.length; end += 1) {
        const spelt = letters(characters[end].toLowerCase());
        joined += isShort ? spelt[0] : spelt;
        if (joined.startsWith(sought)) return [start, end + 1];
      }
    }
  }
  return null;
}

/** The synonym through which the query found a node, or null. */
export function synonymOf(node, query) {
  for (const word of wordsOf(query)) {
    const fits = (name) => readings(word).some(([text]) => (isInitials(text) ? initials(name) : typed(name)).includes(text));
    const synonym = node.path.some(fits) ? null : node.synonyms.find(fits);
    if (synonym) return synonym;
  }
  return null;
}
