// The form that asks: finding a work group by typing, and lengths of time within the limits of what is picked. It works without.
"use strict";

const asking = document.querySelector("form.ask");

// ---- Finding: the rows that have every word; Enter picks the first of them.
const find = asking?.querySelector("[data-find]");

function found() {
  return [...asking.querySelectorAll(find.dataset.find)].filter((row) => !row.hidden);
}

function narrow() {
  const words = find.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of asking.querySelectorAll(find.dataset.find)) {
    const text = row.dataset.words.normalize("NFKC").toLowerCase();
    row.hidden = !words.every((word) => text.includes(word)) && !row.querySelector(":checked");
  }
  for (const section of asking.querySelectorAll(".pick-section")) {
    section.hidden = !section.querySelector(".pick-one:not([hidden])");
  }
  asking.querySelector("[data-found-none]").hidden = found().length > 0;
}

if (find) {
  find.hidden = false;
  find.addEventListener("input", narrow);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const box = found()[0]?.querySelector("[type=checkbox]");
    if (!box || !find.value) return;
    if (!box.checked) box.click();
    box.focus();
  });
  asking.addEventListener("reset", () => setTimeout(narrow));
}

// ---- Lengths: what a picked group's policy does not allow is not offered; the longest that is left takes its place.
function limit() {
  const picked = [...asking.querySelectorAll(".pick-one label:has(:checked)")].map((label) => label.dataset);
  const shortest = Math.max(0, ...picked.map((one) => Number(one.shortest)));
  const longest = Math.min(Infinity, ...picked.map((one) => Number(one.longest)));
  const chips = [...asking.querySelectorAll(".chips label:has([data-minutes])")];
  for (const chip of chips) {
    const minutes = Number(chip.querySelector("[data-minutes]").dataset.minutes);
    chip.parentElement.hidden = minutes < shortest || minutes > longest;
  }
  if (chips.some((chip) => chip.parentElement.hidden && chip.querySelector(":checked"))) {
    const last = chips.filter((chip) => !chip.parentElement.hidden).at(-1);
    if (last) last.querySelector("input").checked = true;
  }
}

asking?.addEventListener("change", limit);
if (asking) limit();
