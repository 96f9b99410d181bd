// What every page needs: menus that close, text that copies, pages that follow their job.

const SAID_FOR = 2000; // milliseconds for which a button says that it copied

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open], details.confirm[open]")) {
    if (menu !== except && !menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details") ?? event.target));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.activeElement?.closest("details[data-menu][open], details.confirm[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await copy(document.getElementById(button.dataset.copy));
  if (button.dataset.isCopied) return;
  const shown = [...button.childNodes];
  button.dataset.isCopied = "";
  button.replaceChildren(button.dataset.copied);
  setTimeout(() => {
    button.replaceChildren(...shown);
    delete button.dataset.isCopied;
  }, SAID_FOR);
});

/** Copy the text of an element; plain HTTP has no clipboard, but lets a page copy what is selected. */
async function copy(source) {
  if (navigator.clipboard) return navigator.clipboard.writeText(source.value ?? source.textContent.trim());
  if (source.select) source.select();
  else getSelection().selectAllChildren(source);
  return document.execCommand("copy");
}

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-submit-on-change]")) event.target.form.requestSubmit();
});

// A finished job replaces its progress; the page around it then shows what the job made.
document.addEventListener("htmx:afterSwap", () => {
  if (document.querySelector("[data-reload]")) window.location.reload();
});
