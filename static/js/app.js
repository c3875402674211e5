// What the markup cannot do alone. Everything is delegated: fragments need no setting up.
"use strict";

const MOST_ROWS = 200;

document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    await copyText(copy.dataset.copy);
    const label = copy.textContent;
    copy.textContent = "Copied";
    setTimeout(() => (copy.textContent = label), 1500);
  }
  const pause = event.target.closest("[data-pauses]");
  if (pause) {
    const paused = document.querySelector(pause.dataset.pauses).toggleAttribute("data-paused");
    pause.setAttribute("aria-pressed", paused);
    pause.textContent = paused ? "Resume" : "Pause";
  }
  const view = event.target.closest("[data-shows]");
  if (view) {
    for (const each of view.parentElement.children) {
      each.setAttribute("aria-pressed", each === view);
      document.getElementById(each.dataset.shows).hidden = each !== view;
    }
  }
  const row = event.target.closest("[data-row]");
  if (row) {
    document.querySelector("[data-row][aria-current]")?.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
});

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
}, true);

async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.body.appendChild(document.createElement("textarea"));
  area.value = text; // plain http on another host: the old way is the only one
  area.select();
  document.execCommand("copy");
  area.remove();
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.matches("[data-polls]")) return;
  if (document.hidden || event.target.closest("[data-paused]")) event.preventDefault();
});

document.addEventListener("htmx:afterSwap", (event) => {
  const pane = event.target;
  if (pane.id === "pane" && pane.getBoundingClientRect().top > innerHeight / 2) pane.scrollIntoView();
  for (const list of document.querySelectorAll("[data-live]")) {
    while (list.children.length > MOST_ROWS) list.lastElementChild.remove();
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  document.getElementById("trouble")?.remove();
  if (event.detail.successful) return;
  const textContent = event.detail.xhr.status ? "That did not work. Reload the page and try again." : "The server does not answer.";
  const line = Object.assign(document.createElement("p"), { id: "trouble", className: "notice notice-bad", textContent });
  document.getElementById("notices")?.append(line);
});

// The overview: a line from each source to each reader that it feeds.
function drawLines() {
  const map = document.querySelector("[data-map]");
  if (!map) return;
  const svg = map.querySelector("svg");
  const origin = map.getBoundingClientRect();
  svg.replaceChildren();
  for (const reader of map.querySelectorAll("[data-sources]")) {
    for (const slug of reader.dataset.sources.split(" ").filter(Boolean)) {
      const source = map.querySelector(`[data-source="${CSS.escape(slug)}"]`);
      if (!source) continue;
      const [a, b] = [source.getBoundingClientRect(), reader.getBoundingClientRect()];
      const [x1, y1] = [a.right - origin.left, a.top + a.height / 2 - origin.top];
      const [x2, y2] = [b.left - origin.left, b.top + b.height / 2 - origin.top];
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", `M${x1} ${y1}C${x1 + 72} ${y1} ${x2 - 72} ${y2} ${x2} ${y2}`);
      path.setAttribute("class", reader.dataset.on === "true" ? "map-line is-on" : "map-line");
      svg.append(path);
    }
  }
}
for (const moment of ["load", "resize"]) addEventListener(moment, drawLines);
document.addEventListener("htmx:afterSettle", drawLines);
