// A picture as large as one likes: by wheel, pinch, drag, buttons and keys.

const STEP = 1.25;
const LARGEST = 8; // screen pixels a picture pixel
const PAN = 80; // pixels an arrow key moves

export class Zoom {
  /**
   * @param dialog holds the picture and the buttons.
   * @param pictures tells which picture to show, and turns to others.
   */
  constructor(dialog, pictures) {
    this.dialog = dialog;
    this.pictures = pictures;
    this.room = dialog.querySelector("[data-room]");
    this.image = this.room.querySelector("img");
    this.fingers = new Map();
    this.image.addEventListener("load", () => { if (!this.isWhole) this.fit(); });
    dialog.addEventListener("click", (event) => this.act(event.target.closest("[data-act]")?.dataset.act));
    dialog.addEventListener("keydown", (event) => this.press(event));
    this.room.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.room.addEventListener("dblclick", (event) => this.scaleTo(this.isFitted ? 1 : this.smallest, event));
    this.room.addEventListener("pointerdown", (event) => this.touch(event));
    this.room.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) {
      this.room.addEventListener(name, (event) => this.fingers.delete(event.pointerId));
    }
    window.addEventListener("resize", () => { if (dialog.open) this.fit(); });
  }

  open() {
    if (!this.pictures.shown || this.pictures.isVeiled) return;
    this.dialog.querySelector("[data-several]").hidden = this.pictures.images.length < 2;
    this.dialog.showModal();
    this.load();
  }

  load() {
    this.isWhole = false;
    this.image.src = this.pictures.shown;
    if (this.image.complete) this.fit();
    this.sharpen();
  }

  /** Put all pixels in the place of the smaller picture once they are there; what is seen stays put. */
  async sharpen() {
    const { shown, whole } = this.pictures;
    if (!whole) return;
    const sharp = new Image();
    sharp.src = whole;
    try {
      await sharp.decode();
    } catch {
      return; // the smaller one goes on being shown
    }
    if (!this.dialog.open || this.pictures.shown !== shown || this.isWhole) return;
    const wasFitted = this.isFitted;
    const ratio = this.image.naturalWidth / sharp.naturalWidth;
    this.isWhole = true;
    this.image.src = whole;
    if (!this.image.complete) await this.image.decode().catch(() => {});
    if (wasFitted) return this.fit();
    this.scale = Math.max(this.smallest, this.scale * ratio);
    this.place(this.x, this.y);
  }

  act(name) {
    const acts = {
      fit: () => this.fit(), one: () => this.scaleTo(1), two: () => this.scaleTo(2),
      nearer: () => this.scaleTo(this.scale * STEP), farther: () => this.scaleTo(this.scale / STEP),
      next: () => this.turn(1), previous: () => this.turn(-1), close: () => this.dialog.close(),
    };
    acts[name]?.();
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const names = {
      Digit0: "fit", Digit1: "one", Digit2: "two", Equal: "nearer", NumpadAdd: "nearer", Minus: "farther",
      NumpadSubtract: "farther", KeyN: "next", KeyP: "previous", KeyZ: "close",
    };
    const pans = { ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN] };
    if (names[event.code]) this.act(names[event.code]);
    else if (pans[event.code]) this.shift(...pans[event.code]);
    else return;
    event.preventDefault();
  }

  turn(step) {
    this.pictures.turn(step);
    this.load();
  }

  /** The scale at which all of the picture is seen; a small picture is not blown up. */
  get smallest() {
    const { clientWidth, clientHeight } = this.room;
    const { naturalWidth, naturalHeight } = this.image;
    return Math.min(1, clientWidth / (naturalWidth || 1), clientHeight / (naturalHeight || 1));
  }

  get isFitted() {
    return Math.abs(this.scale - this.smallest) < 0.001;
  }

  fit() {
    this.scale = this.smallest;
    this.place(0, 0);
  }

  /** Change the scale; what lies under the pointer, or in the middle, stays there. */
  scaleTo(wanted, at = null) {
    const box = this.room.getBoundingClientRect();
    const x = (at ? at.clientX : box.left + box.width / 2) - box.left;
    const y = (at ? at.clientY : box.top + box.height / 2) - box.top;
    const scale = Math.min(LARGEST, Math.max(this.smallest, wanted));
    const ratio = scale / this.scale;
    this.scale = scale;
    this.place(x - (x - this.x) * ratio, y - (y - this.y) * ratio);
  }

  shift(right, down) {
    this.place(this.x + right, this.y + down);
  }

  place(x, y) {
    const width = this.image.naturalWidth * this.scale;
    const height = this.image.naturalHeight * this.scale;
    this.x = within(x, this.room.clientWidth - width);
    this.y = within(y, this.room.clientHeight - height);
    this.image.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.dialog.querySelector("[data-scale]").textContent = `${Math.round(this.scale * 100)}%`;
  }

  wheel(event) {
    event.preventDefault();
    this.scaleTo(this.scale * (event.deltaY < 0 ? STEP : 1 / STEP), event);
  }

  touch(event) {
    this.room.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, event);
  }

  move(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const other = [...this.fingers.values()].find((each) => each.pointerId !== event.pointerId);
    if (other) this.scaleTo(this.scale * (distance(event, other) / (distance(before, other) || 1)), middle(event, other));
    else this.shift(event.clientX - before.clientX, event.clientY - before.clientY);
    this.fingers.set(event.pointerId, event);
  }
}

/** In the middle where the picture is smaller than its room, else without a gap at either side. */
function within(value, spare) {
  return spare >= 0 ? spare / 2 : Math.min(0, Math.max(spare, value));
}

function distance(one, other) {
  return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
}

function middle(one, other) {
  return { clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2 };
}
