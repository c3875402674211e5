// The mapping editor: which row has the focus, and what a click on the event's tree does with it.
// All else is decided on the server: see destinations/editor/.
"use strict";

(() => {
  let current = null; // the data-part of the piece that had the focus last

  const editor = () => document.getElementById("editor");
  const piece = () => current && document.querySelector(`[data-part="${CSS.escape(current)}"]`);

  function mark() {
    for (const each of document.querySelectorAll(".piece.is-current")) each.classList.remove("is-current");
    piece()?.classList.add("is-current");
    const label = piece()?.querySelector(".piece-kind").getAttribute("aria-label");
    if (label) document.getElementById("picks-into").textContent = label.replace("What fills ", "“") + "”";
  }

  document.addEventListener("focusin", (event) => {
    const part = event.target.closest("[data-part]");
    if (part && event.target.matches("input, select, textarea")) {
      current = part.dataset.part;
      mark();
    }
  });

  // In a list the paths start at its item: this is the path of the list, "" outside of any.
  function listAround(part) {
    const each = part.parentElement.closest(".kind-each");
    if (!each) return "";
    const own = each.querySelector(":scope > .piece-line [data-picks]").value;
    const outer = listAround(each);
    return outer ? outer + own.replace(/^\$/, "[0]") : own;
  }

  function inside(path, base) {
    if (!base) return path;
    const plain = (text) => text.replace(/\[\d+\]/g, "[]");
    const steps = path.split(/(?<=\])/);
    for (let n = 1; n <= steps.length; n++) {
      const head = steps.slice(0, n).join("").replace(/\[\d+\]$/, "");
      if (plain(head) === plain(base)) return "$" + steps.slice(n).join("");
    }
    return null;
  }

  function fill(input, path) {
    if (input.dataset.picks === "path") {
      input.value = path;
    } else {
      const at = input.selectionStart ?? input.value.length;
      input.setRangeText(`{{${path.replace(/^\$\.?/, "")}}}`, at, input.selectionEnd ?? at, "end");
    }
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  }

  function pick(path) {
    const part = piece() || document.querySelector(".mapping-row [data-picks]:placeholder-shown")?.closest("[data-part]");
    if (!part) return;
    current = part.dataset.part;
    const where = inside(path, listAround(part));
    if (where === null) return;
    const input = part.querySelector(":scope > .piece-line [data-picks]");
    if (input) return fill(input, where);
    // Another kind has no place for a path: it becomes one that has. The server does it.
    const kind = part.querySelector(":scope > .piece-line .piece-kind");
    kind.value = "path";
    htmx.ajax("POST", editor().getAttribute("hx-post"), {
      source: kind, swap: "none", values: { do: `pick:${current}`, pick: where },
    });
  }

  document.addEventListener("click", (event) => {
    const leaf = event.target.closest("[data-path]");
    if (leaf && !leaf.closest("fieldset:disabled")) pick(leaf.dataset.path);
  });

  document.addEventListener("input", (event) => {
    const list = document.querySelector(event.target.dataset?.narrows || null);
    if (!list) return;
    event.stopPropagation(); // nothing of the page has changed
    const wanted = event.target.value.trim().toLowerCase();
    for (const item of list.children) item.hidden = !item.textContent.toLowerCase().includes(wanted);
  }, true);

  document.addEventListener("keydown", (event) => {
    // Enter in a search box would press the page's first button.
    if (event.key === "Enter" && event.target.matches("[data-narrows], #find")) event.preventDefault();
  });

  // A button that was pressed stays in htmx's memory, and would be pressed again by typing.
  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, triggeringEvent, parameters } = event.detail;
    if (elt.id === "editor" && triggeringEvent?.type !== "submit") delete parameters.do;
  });

  // What was typed or chosen while an answer was under way is newer than what the answer draws.
  const late = new Map();
  document.addEventListener("input", (event) => {
    if (event.target.name && event.target.closest("#editor")) late.set(event.target.name, event.target);
  }, true);
  document.addEventListener("htmx:beforeSend", () => late.clear());
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    for (const [name, old] of late) {
      const drawn = event.detail.target.contains(old) && event.detail.fragment.querySelector(`[name="${CSS.escape(name)}"]`);
      if (!drawn || drawn.tagName !== old.tagName || drawn.type !== old.type) continue;
      if (drawn.type === "checkbox") drawn.checked = old.checked;
      else drawn.value = old.value;
      setTimeout(() => drawn.dispatchEvent(new Event("input", { bubbles: true })));
    }
  });

  // Leaving with changes that are not saved asks first.
  let changed = false;
  document.addEventListener("input", ({ target }) => {
    if (target.closest("#editor") && target.name && !["find", "event"].includes(target.name)) changed = true;
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented || event.submitter?.value === "save") changed = false;
  });
  addEventListener("beforeunload", (event) => changed && event.preventDefault());

  function settle() {
    for (const out of document.querySelectorAll(".piece-out")) {
      const wrong = out.querySelector(".error") !== null;
      for (const input of out.parentElement.querySelectorAll(":scope > .piece-line :is(input, select:not(.piece-kind), textarea)")) {
        if (wrong) input.setAttribute("aria-invalid", "true");
        else input.removeAttribute("aria-invalid");
      }
    }
    for (const group of document.querySelectorAll("details.mapping-group:has(.error)")) group.open = true;
    mark();
  }
  document.addEventListener("htmx:afterRequest", () => editor() && settle());
  addEventListener("load", settle);

  document.addEventListener("htmx:afterRequest", (event) => {
    const errors = document.querySelector("#editor-errors .notice");
    if (!errors || event.detail.requestConfig?.parameters?.do !== "save") return;
    errors.scrollIntoView({ block: "nearest" });
    changed = true;
  });
})();
