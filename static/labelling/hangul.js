// Hangul as keystrokes. Text is compared as the letters that were typed, so that a syllable
// which is still being typed (블라 → 블랑 → 블라우) keeps matching what it will become.

const FIRST = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const VOWELS = ["ㅏ", "ㅐ", "ㅑ", "ㅒ", "ㅓ", "ㅔ", "ㅕ", "ㅖ", "ㅗ", "ㅗㅏ", "ㅗㅐ", "ㅗㅣ", "ㅛ", "ㅜ", "ㅜㅓ", "ㅜㅔ", "ㅜㅣ", "ㅠ", "ㅡ", "ㅡㅣ", "ㅣ"];
const LAST = ["", "ㄱ", "ㄲ", "ㄱㅅ", "ㄴ", "ㄴㅈ", "ㄴㅎ", "ㄷ", "ㄹ", "ㄹㄱ", "ㄹㅁ", "ㄹㅂ", "ㄹㅅ", "ㄹㅌ", "ㄹㅍ", "ㄹㅎ", "ㅁ", "ㅂ", "ㅂㅅ", "ㅅ", "ㅆ", "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ", "ㅎ"];
// A lone letter that the input method fused out of two.
const FUSED = { "ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ", "ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ", "ㅘ": "ㅗㅏ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅣ", "ㅝ": "ㅜㅓ", "ㅞ": "ㅜㅔ", "ㅟ": "ㅜㅣ", "ㅢ": "ㅡㅣ" };
// The keys of the Korean keyboard (두벌식).
const KEYS = { q: "ㅂ", w: "ㅈ", e: "ㄷ", r: "ㄱ", t: "ㅅ", y: "ㅛ", u: "ㅕ", i: "ㅑ", o: "ㅐ", p: "ㅔ", a: "ㅁ", s: "ㄴ", d: "ㅇ", f: "ㄹ", g: "ㅎ", h: "ㅗ", j: "ㅓ", k: "ㅏ", l: "ㅣ", z: "ㅋ", x: "ㅌ", c: "ㅊ", v: "ㅍ", b: "ㅠ", n: "ㅜ", m: "ㅡ", Q: "ㅃ", W: "ㅉ", E: "ㄸ", R: "ㄲ", T: "ㅆ", O: "ㅒ", P: "ㅖ" };
const LETTERS = Object.fromEntries(Object.entries(KEYS).map(([key, letter]) => [letter, key.toLowerCase()]));

const SYLLABLES = 0xac00;
const SYLLABLE_COUNT = 11172;

/** The letters of one character, as they are typed. */
export function letters(character) {
  const place = character.codePointAt(0) - SYLLABLES;
  if (place < 0 || place >= SYLLABLE_COUNT) return FUSED[character] ?? character;
  return FIRST[Math.floor(place / 588)] + VOWELS[Math.floor((place % 588) / 28)] + LAST[place % 28];
}

/** Text as typed letters: 블랑 → ㅂㅡㄹㄹㅏㅇ. Everything else is lower-cased. */
export function typed(text) {
  return Array.from(text.normalize("NFC").toLowerCase(), letters).join("");
}

/** The initial consonant of a syllable; any other character stays as it is. */
export function initial(character) {
  return letters(character)[0] ?? "";
}

/** The initial consonants of a text: 블라우스 → ㅂㄹㅇㅅ. */
export function initials(text) {
  return Array.from(text.normalize("NFC").toLowerCase(), initial).join("");
}

/** Whether a word consists of consonants alone, as somebody types who searches by initials. */
export function isInitials(word) {
  return word !== "" && Array.from(typed(word)).every((letter) => FIRST.includes(letter));
}

/** What was meant by Latin letters typed on a Korean keyboard: qmffkdntm → ㅂㅡㄹㄹㅏㅇㅜㅅㅡ. */
export function fromLatin(word) {
  if (!/^[a-z]+$/i.test(word)) return null;
  return Array.from(word, (key) => KEYS[key] ?? KEYS[key.toLowerCase()]).join("");
}

/** What was meant by Hangul typed for Latin letters: ㅠㅁㅎ → bag. */
export function fromHangul(word) {
  const keys = Array.from(typed(word), (letter) => LETTERS[letter]);
  return keys.every(Boolean) ? keys.join("") : null;
}
