// Where answers on their way are kept: in the browser's own database, by person, in order.

const NAME = "labelhub";
const WAITING = "letters";
const REFUSED = "refused";
const OLD = /^labelhub\.outbox\.(\d+)\.(\d+)$/; // where answers waited before there was a database

/** Open the database, or stand in for it with memory where the browser has none. */
export async function openLetters() {
  try {
    return new Letters(await opened());
  } catch {
    return new LettersInMemory(); // a private window, or a full disk
  }
}

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      for (const name of [WAITING, REFUSED]) {
        asked.result.createObjectStore(name, { keyPath: "number", autoIncrement: true }).createIndex("user", "user");
      }
    };
    asked.onsuccess = () => {
      // A later version of the page may want to change the database.
      asked.result.onversionchange = () => asked.result.close();
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error("The database is in use by an older page."));
  });
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Wait until it is written for good: a crash, or a full disk, may still undo a request that went well. */
function written(request) {
  const { transaction } = request;
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
    transaction.commit();
  });
}

class Letters {
  isSafe = true;

  constructor(database) {
    this.database = database;
  }

  store(name, mode = "readwrite") {
    return this.database.transaction(name, mode).objectStore(name);
  }

  /** Keep a letter at the end of the row; returns it with its number. */
  async add(letter) {
    const number = await written(this.store(WAITING).add(letter));
    return { ...letter, number };
  }

  /** The person's letters, oldest first. */
  of(user) {
    return done(this.store(WAITING, "readonly").index("user").getAll(user));
  }

  /** How many letters of other people wait in this browser. */
  async ofOthers(user) {
    const all = await done(this.store(WAITING, "readonly").count());
    return all - await done(this.store(WAITING, "readonly").index("user").count(user));
  }

  /** Write down that the letter is being sent: it may arrive even if no reply does. */
  async markTried(letter) {
    const store = this.store(WAITING);
    const kept = await done(store.get(letter.number));
    if (kept) await written(store.put({ ...kept, isTried: true }));
    return Boolean(kept);
  }

  /** Take a letter back, unless it was tried already; tells whether it did. */
  async takeBack(key) {
    const store = this.store(WAITING);
    const kept = (await done(store.getAll())).find((each) => each.key === key);
    if (!kept || kept.isTried) return false;
    await written(store.delete(kept.number));
    return true;
  }

  remove(letter) {
    return written(this.store(WAITING).delete(letter.number));
  }

  /** Move a letter to the refused ones, in one step. */
  refuse(letter, reason) {
    const both = this.database.transaction([WAITING, REFUSED], "readwrite");
    both.objectStore(WAITING).delete(letter.number);
    const { number, ...rest } = letter;
    return written(both.objectStore(REFUSED).add({ ...rest, reason }));
  }

  refused(user) {
    return done(this.store(REFUSED, "readonly").index("user").getAll(user));
  }

  dismiss(number) {
    return written(this.store(REFUSED).delete(number));
  }
}

/** The same for as long as the page is open. */
export class LettersInMemory {
  isSafe = false;
  waiting = [];
  turnedDown = [];
  last = 0;

  async add(letter) {
    this.last += 1;
    const kept = { ...letter, number: this.last };
    this.waiting.push(kept);
    return kept;
  }

  async of(user) {
    return this.waiting.filter((each) => each.user === user);
  }

  async ofOthers(user) {
    return this.waiting.filter((each) => each.user !== user).length;
  }

  async markTried(letter) {
    const kept = this.waiting.find((each) => each.number === letter.number);
    if (kept) kept.isTried = true;
    return Boolean(kept);
  }

  async takeBack(key) {
    const kept = this.waiting.find((each) => each.key === key && !each.isTried);
    if (kept) await this.remove(kept);
    return Boolean(kept);
  }

  async remove(letter) {
    this.waiting = this.waiting.filter((each) => each.number !== letter.number);
  }

  async refuse(letter, reason) {
    await this.remove(letter);
    this.turnedDown.push({ ...letter, reason });
  }

  async refused(user) {
    return this.turnedDown.filter((each) => each.user === user);
  }

  async dismiss(number) {
    this.turnedDown = this.turnedDown.filter((each) => each.number !== number);
  }
}

/** Bring over what an earlier version of the page left in the local storage. */
export async function moveOld(letters, newKey) {
  for (const name of Object.keys(localStorage).filter((each) => OLD.test(each))) {
    const [, user, round] = OLD.exec(name).map(Number);
    const kept = localStorage.getItem(name);
    localStorage.removeItem(name); // first, so that a second tab does not move them too
    for (const { id, kind, body, name: product } of JSON.parse(kept)) {
      const at = new Date().toISOString();
      await letters.add({ user, round, assignment: id, kind, body, key: newKey(), product, chosen: "", at });
    }
  }
}
