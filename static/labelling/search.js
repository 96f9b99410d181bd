// Search the category tree in the browser. Pure functions over the columns of /api/v1/categories.

import { fromHangul, fromLatin, initials, isInitials, letters, typed } from "./hangul.js";

export const MOST_SHOWN = 30;
const LONG_ENOUGH_FOR_A_TYPO = 5; // typed letters; shorter words would match everything
const PER_LEVEL = 4; // a word found in the parent ranks below one found in the name itself
const BY_ID = -20; // a whole id is never a coincidence
const WORDS = /[\s/·,()&>]+/;

/**
 * Prepare the tree for searching.
 * @param tree columns ids, parents, names, codes, leaves; parents come before their children.
 * @param level the level of answers; null means leaves, "any" all categories.
 */
export function prepare(tree, level = null) {
  const nodes = [];
  for (let place = 0; place < tree.ids.length; place += 1) {
    const parent = tree.parents[place] < 0 ? null : nodes[tree.parents[place]];
    const name = tree.names[place];
    const words = [...new Set([name, ...name.split(WORDS)])].filter(Boolean);
    nodes.push({
      place,
      id: tree.ids[place],
      code: tree.codes[place],
      isLeaf: tree.leaves[place],
      path: parent ? [...parent.path, name] : [name],
      words: words.map((word) => ({ typed: typed(word), initials: initials(word) })),
      parent,
    });
  }
  return { nodes, answers: nodes.filter((node) => isAnswer(node, level)) };
}

function isAnswer(node, level) {
  if (level === "any") return true;
  if (level === null) return node.isLeaf;
  return node.path.length === level || (node.isLeaf && node.path.length < level);
}

/** Return the answers that fit all words of the query, best first. */
export function search(tree, query, limit = MOST_SHOWN) {
  const words = query.normalize("NFC").trim().split(/[\s>]+/).filter(Boolean);
  if (!words.length) return [];
  const found = ranked(tree, words, false);
  return (found.length ? found : ranked(tree, words, true)).slice(0, limit);
}

function ranked(tree, words, mayHaveTypo) {
  const prices = words.map((word) => priced(tree.nodes, word, mayHaveTypo));
  const found = [];
  for (const node of tree.answers) {
    const price = prices.reduce((sum, paid) => sum + paid[node.place], 0);
    if (price < Infinity) found.push([price, node]);
  }
  found.sort((a, b) => a[0] - b[0] || a[1].path.length - b[1].path.length || a[1].place - b[1].place);
  return found.map(([, node]) => node);
}

/** What it costs to find one word in each node's path: 0 for its own whole name, more higher up. */
function priced(nodes, word, mayHaveTypo) {
  const ways = readings(word);
  const prices = new Float64Array(nodes.length);
  for (const node of nodes) {
    const above = node.parent ? prices[node.parent.place] + PER_LEVEL : Infinity;
    prices[node.place] = Math.min(own(node, word, ways, mayHaveTypo), above);
  }
  return prices;
}

/** The ways in which a typed word may have been meant, the likeliest first. */
function readings(word) {
  const ways = [{ text: typed(word), by: "typed", cost: 0 }];
  if (isInitials(word)) ways.push({ text: typed(word), by: "initials", cost: 0 });
  for (const other of [fromLatin(word), fromHangul(word)]) {
    if (other) ways.push({ text: other, by: "typed", cost: 2 });
  }
  return ways;
}

function own(node, word, ways, mayHaveTypo) {
  if (node.code === word) return BY_ID;
  if (String(node.id) === word || (node.code && node.code.startsWith(word))) return 0;
  let best = Infinity;
  for (const way of ways) {
    for (const name of node.words) {
      const paid = distance(name[way.by], way.text, mayHaveTypo && way.by === "typed");
      best = Math.min(best, paid + way.cost);
    }
  }
  return best;
}

function distance(text, sought, mayHaveTypo) {
  if (text === sought) return 0;
  if (text.startsWith(sought)) return 1;
  if (text.includes(sought)) return 3;
  if (mayHaveTypo && sought.length >= LONG_ENOUGH_FOR_A_TYPO && startsWithOneTypo(text, sought)) return 6;
  return Infinity;
}

/** Whether a start of the text becomes the sought one by one letter added, left out, changed or swapped. */
export function startsWithOneTypo(text, sought) {
  let at = 0;
  while (at < sought.length && text[at] === sought[at]) at += 1;
  const rest = sought.slice(at + 1);
  return (
    text.startsWith(rest, at) || // one too many
    text.startsWith(rest, at + 1) || // another one
    text.startsWith(sought.slice(at), at + 1) || // one too few
    (text[at] === sought[at + 1] && text[at + 1] === sought[at] && text.startsWith(sought.slice(at + 2), at + 2))
  );
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

/** How many characters at which place of a name the query's word covers, or null. */
export function covered(name, query) {
  for (const word of query.trim().split(/[\s>]+/).filter(Boolean)) {
    const sought = typed(word);
    const characters = Array.from(name.normalize("NFC"));
    for (let start = 0; start < characters.length; start += 1) {
      let joined = "";
      for (let end = start; end < characters.length && joined.length < sought.length; end += 1) {
        joined += letters(characters[end].toLowerCase());
        if (joined.startsWith(sought)) return [start, end + 1];
      }
    }
  }
  return null;
}
