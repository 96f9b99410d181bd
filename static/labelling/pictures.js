// The pictures of a product: fetched and decoded before they are wanted, swapped in whole.

const DECODED = 3; // products ahead whose picture lies ready in memory, pixels and all
const AT_ONCE = 3; // pictures fetched ahead at a time, so that an answer finds a free connection

export class Pictures {
  /** @param figure holds the large picture's button, the small ones, and what stands in for them. */
  constructor(figure) {
    this.figure = figure;
    this.button = figure.querySelector("[data-zoom]");
    this.thumbs = figure.querySelector("[data-thumbs]");
    this.pool = new Map();
    this.wanted = []; // addresses to fetch ahead, the soonest first
    const first = figure.querySelector("[data-large]"); // it came with the page
    this.alt = first.alt;
    if (first.hasAttribute("src")) this.pool.set(first.getAttribute("src"), this.watch(first));
    this.images = [];
    this.at = 0;
    this.thumbs.addEventListener("click", (event) => {
      const button = event.target.closest("[data-place]");
      if (button) this.turnTo(Number(button.dataset.place));
    });
    figure.querySelector("[data-retry]").addEventListener("click", () => this.retry());
    figure.querySelector("[data-unveil]").addEventListener("click", () => this.veil(false));
    window.addEventListener("online", () => { if (isBroken(this.pool.get(this.shown))) this.retry(); });
  }

  /** The address of the large picture on screen, or null. */
  get shown() {
    return this.images[this.at]?.large ?? null;
  }

  /** The same picture with all of its pixels, where the large one has not; else "". */
  get whole() {
    return this.images[this.at]?.whole ?? "";
  }

  get isVeiled() {
    return this.figure.classList.contains("veiled");
  }

  /** Fetch the first pictures of products that come soon, and the others of the one on screen. */
  prefetch(assignments) {
    const soon = assignments.flatMap(({ sample }) => sample.images.slice(0, 1));
    const own = this.images.slice(1);
    this.wanted = [...soon.slice(0, 1), ...own, ...soon.slice(1)].map((image) => image.large);
    this.near = new Set(soon.slice(0, DECODED).map((image) => image.large));
    this.fetchAhead();
  }

  fetchAhead() {
    for (const address of this.wanted) {
      const coming = [...this.pool.values()].filter((image) => !image.complete).length;
      if (!this.pool.has(address) && coming >= AT_ONCE) return;
      const image = this.image(address);
      if (this.near.has(address) && image.complete) image.ready ??= image.decode().catch(() => {});
    }
  }

  image(address) {
    if (!this.pool.has(address)) {
      const image = new Image();
      image.alt = this.alt;
      image.dataset.large = "";
      image.src = address;
      this.pool.set(address, this.watch(image));
    }
    return this.pool.get(address);
  }

  watch(image) {
    for (const name of ["load", "error"]) {
      image.addEventListener(name, () => {
        this.judge();
        this.fetchAhead();
      });
    }
    return image;
  }

  /** Show a product's pictures; `ahead` are the products whose pictures stay in memory. */
  show(sample, ahead = []) {
    this.images = sample.images;
    this.veil(Boolean(sample.is_adult));
    const kept = new Set([sample, ...ahead].flatMap((each) => each.images.map((image) => image.large)));
    for (const [address, image] of this.pool) if (!kept.has(address) || isBroken(image)) this.pool.delete(address);
    this.thumbs.replaceChildren(...(this.images.length > 1 ? this.images.map((image, place) => this.thumb(image, place)) : []));
    this.turnTo(0);
  }

  thumb(image, place) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const picture = document.createElement("img");
    button.type = "button";
    button.dataset.place = place;
    button.setAttribute("aria-label", `${this.alt} ${place + 1}`);
    picture.src = image.small;
    picture.alt = "";
    button.append(picture);
    item.append(button);
    return item;
  }

  /** Show another picture of the product; a step beyond the last comes to the first. */
  turn(step) {
    if (this.images.length) this.turnTo((this.at + step + this.images.length) % this.images.length);
  }

  turnTo(place) {
    this.at = place;
    this.thumbs.querySelectorAll("button").forEach((button, number) => {
      if (number === place) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    });
    if (this.shown) this.button.replaceChildren(this.image(this.shown));
    this.judge();
  }

  /** Say what there is instead, while the picture is missing, on its way or broken. */
  judge() {
    const image = this.shown && this.image(this.shown);
    this.figure.classList.toggle("bare", !image);
    this.figure.classList.toggle("loading", Boolean(image) && !image.complete);
    this.figure.querySelector("[data-none]").hidden = Boolean(image);
    this.figure.querySelector("[data-broken]").hidden = !isBroken(image);
    this.button.hidden = !image || isBroken(image);
  }

  retry() {
    this.pool.delete(this.shown);
    this.turnTo(this.at);
  }

  veil(isOn) {
    this.figure.classList.toggle("veiled", isOn);
    this.figure.querySelector("[data-veil]").hidden = !isOn;
  }
}

function isBroken(image) {
  return Boolean(image?.complete) && image.naturalWidth === 0;
}
