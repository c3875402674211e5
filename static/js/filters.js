// The editor of a filter: suggestions follow the chosen field, and seen paths go into the list.
"use strict";

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-subject]")) return;
  const row = event.target.closest(".condition");
  row.querySelector(".condition-path").setAttribute("list", `seen-${event.target.value || "other"}`);
  row.querySelector(".condition-value").setAttribute("list", `seen-value-${event.target.value}`);
});

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-adds]");
  if (!chip) return;
  const box = document.querySelector(chip.dataset.to);
  const lines = box.value.split("\n").filter((line) => line.trim() && line !== chip.dataset.adds);
  box.value = [...lines, chip.dataset.adds].join("\n");
  box.dispatchEvent(new Event("input", { bubbles: true }));
});
