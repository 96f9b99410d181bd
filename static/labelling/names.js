// All names of the tree as one string of typed letters, so that the browser's own text search
// finds a word in every name at once, and a table says where syllables and words begin.

import { letters } from "./hangul.js";

const END = "\n"; // between names; nothing that is typed holds it
const BETWEEN_WORDS = new Set(" \t\u00a0/·,()&>+[]-");
const SYLLABLE = 1;
const WORD = 2;

// What a match costs by where it lies in the name. Korean compounds end in what they are
// (레더재킷 is a 재킷), so the end of a name counts nearly as much as its start.
const WHOLE = 0;
const WHOLE_WORD = 1;
const START = 2;
const START_OF_WORD = 3;
const END_OF_NAME = 3;
const INSIDE = 5;
const BROKEN_SYLLABLE = 1; // the match ends within a syllable, as while it is being typed
const TYPO = 8;
const FREE_FIRST_LETTER = 8; // typed letters; in shorter words the first letter is taken as meant
export const LONG_ENOUGH_FOR_A_TYPO = 5; // typed letters; shorter words would match everything

/** Names in which a word can be looked up; `spell` turns a character into letters. */
export class Names {
  /** @param entries [place, name] pairs: what the name belongs to, and the name. */
  constructor(entries, spell = letters) {
    const parts = [END];
    const marks = [0];
    const owners = [-1];
    for (const [place, name] of entries) {
      let isNewWord = true;
      for (const character of name.normalize("NFC").toLowerCase()) {
        if (BETWEEN_WORDS.has(character)) {
          isNewWord = true;
          continue;
        }
        const spelt = spell(character);
        parts.push(spelt);
        marks.push(isNewWord ? SYLLABLE | WORD : SYLLABLE);
        owners.push(place);
        for (let more = 1; more < spelt.length; more += 1) {
          marks.push(0);
          owners.push(place);
        }
        isNewWord = false;
      }
      parts.push(END);
      marks.push(SYLLABLE | WORD);
      owners.push(-1);
    }
    this.text = parts.join("");
    this.marks = Uint8Array.from(marks);
    this.owners = Int32Array.from(owners);
  }

  /** Tell `found(place, cost)` of every name that holds the letters, from the start of a syllable. */
  find(sought, found) {
    const { text, marks, owners } = this;
    for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) {
      if (marks[at] && owners[at] >= 0) found(owners[at], this.cost(at, at + sought.length));
    }
  }

  cost(from, to) {
    const isStart = this.text[from - 1] === END;
    const isEnd = this.text[to] === END;
    if (isStart && isEnd) return WHOLE;
    if (this.marks[from] & WORD && this.marks[to] & WORD) return WHOLE_WORD;
    const broken = this.marks[to] ? 0 : BROKEN_SYLLABLE;
    if (isStart) return START + broken;
    if (this.marks[from] & WORD) return START_OF_WORD + broken;
    return (isEnd ? END_OF_NAME : INSIDE) + broken;
  }

  /** The same for names that hold the letters but for one typo: added, left out, changed or swapped. */
  findWithTypo(sought, found) {
    const half = sought.length >> 1;
    // One typo leaves one half as it is, unless it swapped the letters at the border.
    this.eachStart(sought.slice(0, half), [0], sought, found);
    this.eachStart(sought.slice(half), [half - 1, half, half + 1], sought, found);
    const swapped = sought.slice(0, half - 1) + sought[half] + sought[half - 1] + sought.slice(half + 1);
    this.find(swapped, (place, cost) => found(place, cost + TYPO));
  }

  eachStart(part, backs, sought, found) {
    const { text, marks, owners } = this;
    for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
      for (const back of backs) {
        const from = at - back;
        if (from < 1 || !marks[from] || owners[from] < 0) continue;
        if (sought.length < FREE_FIRST_LETTER && text[from] !== sought[0]) continue;
        const to = endWithOneTypo(text, from, sought);
        if (to > 0) found(owners[from], this.cost(from, to) + TYPO);
      }
    }
  }
}

/** Where the text from a place on ends that is the sought but for one typo; 0 where it is not. */
export function endWithOneTypo(text, from, sought) {
  let same = 0;
  while (same < sought.length && text[from + same] === sought[same]) same += 1;
  const at = from + same;
  if (text[at] === END) return same === sought.length - 1 ? at : 0; // the last letter is one too many
  const rest = sought.slice(same + 1);
  if (text[at] === sought[same + 1] && text[at + 1] === sought[same] && text.startsWith(rest.slice(1), at + 2)) {
    return at + 1 + rest.length; // two swapped
  }
  if (text.startsWith(rest, at + 1)) return at + 1 + rest.length; // another one
  if (text.startsWith(sought.slice(same), at + 1)) return at + 2 + rest.length; // one left out
  return text.startsWith(rest, at) ? at + rest.length : 0; // one too many
}
