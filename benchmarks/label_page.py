"""
How long the labelling page lets people wait, in Chromium on the web server of the Procfile.

    ./run bench label_page [--out benchmarks/results/label_page.json]

Products are real names with real photographs, enlarged to 800 pixels; the tree is the real one
(LABELHUB_REAL_DATA, default ../shared/data). Timed is each answer from the Enter that saves it
until the next product is painted with its picture decoded: as it is, with a processor that is four
times slower, and over a slow mobile network. And the page from a cold start, nothing cached.
"""

from __future__ import annotations

import csv
import io
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import zipfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PIL import Image, ImageFilter  # noqa: E402  # after the path
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright  # noqa: E402

from labelhub.embedded import ports  # noqa: E402
from tests.journeys import installation  # noqa: E402
from tests.journeys.installation import Installation  # noqa: E402

PRODUCTS = 400
PIXELS = 800
ANSWERS = 100
COLD_STARTS = 20
SEED = 3
WORDS = ["블라우스", "재킷", "ㅋㅇㅅ", "의자", "qmffkdntm"]
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50e3, "uploadThroughput": 50e3}
# Each way: what Chromium is told, how many answers, and the pause before each in milliseconds.
WAYS: dict[str, tuple[str | None, dict[str, Any], int, int]] = {
    "as it is": (None, {}, ANSWERS, 300),
    "processor four times slower": ("Emulation.setCPUThrottlingRate", {"rate": 4}, ANSWERS, 500),
    "400 ms and 400 kbit/s": ("Network.emulateNetworkConditions", SLOW_3G, 40, 2500),
}
MAKE = """
from django.utils import timezone
from django.test import Client
from labelhub.accounts.models import User
from labelhub.accounts.services import notice
from labelhub.catalog.models import Sample
from labelhub.labelling.services import rounds
now = timezone.now()
person = User.objects.create_user("bench", role="annotator")
notice.mark_read(person=person, now=now)
round = rounds.create(name="bench", samples=Sample.objects.all(), terms=rounds.Terms(), seed=1,
                      by=None, now=now)
client = Client()
client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
print("made", round.pk, client.cookies["sessionid"].value)
"""
# The Enter's own time is when the browser got the key; a message sent in a frame arrives after it.
WATCH = """() => {
  window.times = [];
  window.blank = 0;
  const name = document.querySelector("#product-name");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || document.querySelector("[data-chosen]").hidden) return;
    const before = name.textContent;
    const look = async () => {
      const image = document.querySelector("[data-zoom] img");
      if (name.textContent === before || !image?.complete || !image.naturalWidth) {
        if (name.textContent !== before) window.blank += 1;  // a frame without its picture
        requestAnimationFrame(look);
        return;
      }
      await image.decode();
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => window.times.push(performance.now() - event.timeStamp);
        port2.postMessage(null);
      });
    };
    requestAnimationFrame(look);
  }, true);
}"""
ARRIVED = """number => new Promise((resolve) => {
  const look = () => (window.times.length === number ? resolve() : setTimeout(look, 10));
  look();
})"""
COLD = """async () => {
  const image = document.querySelector("[data-zoom] img");
  await image.decode();
  const [page] = performance.getEntriesByType("navigation");
  const [picture] = performance.getEntriesByName(image.src);
  const loaded = [page, ...performance.getEntriesByType("resource")];
  return {
    "DOM ready": page.domContentLoadedEventEnd,
    "first picture here": picture.responseEnd,
    "ready to label": window.readyAt,
    requests: loaded.length,
    bytes: loaded.reduce((sum, each) => sum + each.transferSize, 0),
  };
}"""
NOTE_READY = """new MutationObserver((_changes, observer) => {
  if (!document.querySelector("[data-finder][data-ready]")) return;
  window.readyAt = performance.now();
  observer.disconnect();
}).observe(document, { subtree: true, childList: true, attributes: true });"""


@dataclass(frozen=True)
class Shop:
    """A running LabelHub, and a person's way into a round of it."""

    url: str
    round_id: int
    session: str


def products(folder: Path, into: Path) -> tuple[Path, Path]:
    """Write products with pictures as a CSV and a zip file."""
    draw = random.Random(SEED)
    with (folder / "naver/validation_120k.csv").open(encoding="utf-8") as file:
        names = [row["product_name"] for row in csv.DictReader(file)]
    rows, pictures = into / "samples.csv", into / "pictures.zip"
    with zipfile.ZipFile(folder / "fashion/images.zip") as photos:
        chosen = draw.sample(sorted(photos.namelist()), PRODUCTS)
        with zipfile.ZipFile(pictures, "w") as made:
            for name in chosen:
                made.writestr(name, enlarged(photos.read(name)))
    with rows.open("w", encoding="utf-8", newline="") as file:
        pairs = zip(draw.sample(names, PRODUCTS), chosen, strict=True)
        writer = csv.writer(file)
        writer.writerow(["product_id", "product_name", "mall_name", "image"])
        for number, (name, photo) in enumerate(pairs):
            writer.writerow([f"bench-{number}", name, "bench", photo])
    return rows, pictures


def enlarged(data: bytes) -> bytes:
    """Return a photograph at 800 pixels, with grain, so that its file is as large as real ones."""
    with Image.open(io.BytesIO(data)) as photo:
        large = photo.convert("RGB").resize((PIXELS, PIXELS), Image.Resampling.LANCZOS)
    grain = Image.effect_noise((PIXELS, PIXELS), 24).convert("RGB")
    written = io.BytesIO()
    sharp = large.filter(ImageFilter.SHARPEN)
    Image.blend(sharp, grain, 0.06).save(written, "JPEG", quality=88)
    return written.getvalue()


@contextmanager
def shop(folder: Path) -> Iterator[Shop]:
    """Start the web server of the Procfile on a database of its own with these products in it."""
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(installation.own_database())
        env = {**os.environ, "DATABASE_URL": database, "LABELHUB_DATA": str(data)}
        here = Installation(f"http://127.0.0.1:{ports.free_port()}", data, env)
        prepare = [sys.executable, "-m", "labelhub.prepare", "--empty"]
        subprocess.run(prepare, cwd=ROOT, env=env, check=True, capture_output=True)
        rows, pictures = products(folder, data)
        here.manage("import_categories", str(folder / "naver/categories.csv"))
        here.manage("import_samples", str(rows), "--images", str(pictures))
        _made, round_id, session = here.manage("shell", "-c", MAKE).split()[-3:]
        stack.enter_context(installation.process(installation.web(here), here))
        installation.wait_for(f"{here.url}/healthz")
        yield Shop(here.url, int(round_id), session)


def opened(browser: Browser, at: Shop) -> BrowserContext:
    """Return a browser window with nothing in its cache, logged in."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="ko-KR")
    context.add_cookies([{"name": "sessionid", "value": at.session, "url": at.url}])
    context.add_init_script(NOTE_READY)
    return context


def label(page: Page, at: Shop) -> None:
    page.goto(f"{at.url}/label/{at.round_id}/")
    page.wait_for_selector("[data-finder][data-ready]")


def answered(browser: Browser, at: Shop, way: str) -> dict[str, Any]:
    """Label as people do, with keys, and return how long each next product took in milliseconds."""
    command, values, number, pause = WAYS[way]
    context = opened(browser, at)
    page = context.new_page()
    label(page, at)
    page.wait_for_load_state("networkidle")
    if command:
        context.new_cdp_session(page).send(command, values)
    page.evaluate(WATCH)
    for place in range(number):
        page.wait_for_timeout(pause)
        page.keyboard.type(WORDS[place % len(WORDS)])
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-chosen]:not([hidden])")
        page.keyboard.press("Enter")
        page.evaluate(ARRIVED, place + 1)
    times, blank = page.evaluate("() => [window.times, window.blank]")
    context.close()
    return {"answers": number, **percentiles(times), "frames without the picture": blank}


def cold(browser: Browser, at: Shop) -> dict[str, Any]:
    """Open the page with nothing cached, again and again."""
    found = []
    for _ in range(COLD_STARTS):
        context = opened(browser, at)
        page = context.new_page()
        label(page, at)
        page.wait_for_load_state("networkidle")
        found.append(page.evaluate(COLD))
        context.close()
    last = found[-1]
    moments = {name for name in last if name not in ("requests", "bytes")}
    timed = {name: percentiles([each[name] for each in found]) for name in sorted(moments)}
    return {"starts": COLD_STARTS, **timed, "requests": last["requests"], "bytes": last["bytes"]}


def percentiles(times: list[float]) -> dict[str, float]:
    """Return the median, the 95th percentile and the longest."""
    ordered = sorted(times)
    found = {"p50": ordered[len(ordered) // 2], "p95": ordered[int(0.95 * (len(ordered) - 1))]}
    return {name: round(time, 1) for name, time in {**found, "longest": ordered[-1]}.items()}


def measured(folder: Path) -> dict[str, Any]:
    """Measure everything."""
    program = os.environ.get("LABELHUB_CHROMIUM", "/usr/bin/chromium")
    with shop(folder) as at, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        machine = {
            "processors": os.cpu_count(),
            "python": platform.python_version(),
            "chromium": browser.version,
            "load before": round(os.getloadavg()[0], 1),  # on a busy machine the times say little
        }
        label_cold = cold(browser, at)
        ways = {way: answered(browser, at, way) for way in WAYS}
        browser.close()
    return {
        "machine": machine,
        "command": "./run bench label_page",
        "milliseconds from Enter to the next product": ways,
        "milliseconds of a cold start": label_cold,
    }


def main() -> None:
    """Measure, print the result as JSON, and write it where `--out` says."""
    parser = ArgumentParser()
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    folder = Path(os.environ.get("LABELHUB_REAL_DATA", ROOT / "../shared/data")).resolve()
    if not (folder / "naver").is_dir():
        raise SystemExit(f"No real rows at {folder}: set LABELHUB_REAL_DATA.")
    text = json.dumps(measured(folder), indent=1, ensure_ascii=False)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
