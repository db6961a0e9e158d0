// What is typed into <form data-draft="who"> stays in this tab until it is sent: it survives a log-out, an error and the back button.
// `data-sent` marks a form that the server gave back with what was typed in it. Forms work without this file.
"use strict";

const DRAFT = "draft:";
const HIDDEN = "csrfmiddlewaretoken";

function draftKey(form) {
  return `${DRAFT}${form.dataset.draft}:${location.pathname}${location.search}`;
}

function typedInto(form) {
  return [...new FormData(form)].filter(([name, value]) => name !== HIDDEN && typeof value === "string");
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

function putBack(form, pairs) {
  const has = (control) => pairs.some(([name, value]) => name === control.name && value === control.value);
  for (const control of form.elements) {
    if (!control.name || control.type === "hidden") continue;
    if (["checkbox", "radio"].includes(control.type)) control.checked = has(control);
    else control.value = pairs.find(([name]) => name === control.name)?.[1] ?? control.value;
  }
}

function tellChanged(form) {
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

function keepDraftsOf(form) {
  const key = draftKey(form);
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
  if (kept && !("sent" in form.dataset) && !same(kept, typedInto(form))) {
    putBack(form, kept);
    form.querySelector("[data-kept]").hidden = false;
  }
  // What shows what becomes of it listens once the page is there. A browser that puts values back by itself tells nobody.
  if (kept) window.addEventListener("load", () => tellChanged(form), { once: true });
  // Once everybody else has heard of it: a chip that is chosen takes a number away.
  form.addEventListener("input", () => setTimeout(() => sessionStorage.setItem(key, JSON.stringify(typedInto(form)))));
  form.addEventListener("reset", () => {
    sessionStorage.removeItem(key);
    form.querySelector("[data-kept]").hidden = true;
    setTimeout(() => tellChanged(form));
  });
  form.addEventListener("submit", () => sessionStorage.setItem("sending", key));
}

// The page that says that it was done is the end of a draft; a log-in in between is not.
const sending = sessionStorage.getItem("sending");
if (sending && document.querySelector("#said .success")) {
  sessionStorage.removeItem(sending);
  sessionStorage.removeItem("sending");
}
for (const form of document.querySelectorAll("form[data-draft]")) keepDraftsOf(form);
