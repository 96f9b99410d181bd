// What somebody searched in vain before they chose: the words that synonyms are made of.

import { typed } from "./hangul.js";
import { missing } from "./search.js";

const LONGEST = 40; // characters; more is no word
const WORD = /[가-힣]{2}|[a-z]{3}/i; // complete syllables, or a Latin word

export class Misses {
  constructor() {
    this.forget();
  }

  forget() {
    this.longest = "";
    this.given = []; // searches that were given up for another one
  }

  /** Hear what the text field holds now. */
  hear(text) {
    const [before, now] = [typed(this.longest), typed(text)];
    if (before.startsWith(now)) return; // letters are being taken back
    if (!now.startsWith(before)) this.given.push(this.longest);
    this.longest = text;
  }

  /** The last searched word that does not lead to the chosen category; "" if there is none. */
  before(tree, node) {
    for (const text of [this.longest, ...this.given.toReversed()]) {
      const words = missing(tree, text, node);
      if (words.length === 1 && words[0].length <= LONGEST && WORD.test(words[0])) return words[0];
    }
    return "";
  }
}
