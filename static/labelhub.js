// What every page needs: menus that close, text that copies, pages that follow their job.

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
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
  button.textContent = button.dataset.copied;
});

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-submit-on-change]")) event.target.form.requestSubmit();
});

// A finished job replaces its progress; the page around it then shows what the job made.
document.addEventListener("htmx:afterSwap", () => {
  if (document.querySelector("[data-reload]")) window.location.reload();
});
