// Everything works without this file. It makes time tick, copies text, and keeps htmx honest.
"use strict";

// ---- Countdown: <time data-countdown="ISO end" data-now="ISO server time">, <progress data-countdown ...>
// The server's clock counts, so a wrong clock here neither shortens nor lengthens anyone's time.
const watched = new Map();

function watchCountdowns(root) {
  for (const element of root.querySelectorAll("[data-countdown]:not([data-watched])")) {
    element.dataset.watched = "";
    const ahead = Date.now() - Date.parse(element.dataset.now);
    watched.set(element, Date.parse(element.dataset.countdown) + ahead);
  }
}

function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function tick() {
  for (const [element, end] of watched) {
    if (!element.isConnected) {
      watched.delete(element);
      continue;
    }
    const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    if (element.tagName === "PROGRESS") element.value = seconds;
    else element.textContent = clock(seconds);
    if (seconds > 0) element.dataset.ran = "";
    else elapsed(element);
  }
}

// Only a countdown that was seen running asks for news: one rendered at zero would reload for ever.
function elapsed(element) {
  watched.delete(element);
  if (!("ran" in element.dataset) || element.tagName === "PROGRESS") return;
  const fragment = element.closest("[data-fragment]");
  if (fragment && window.htmx) {
    htmx.ajax("GET", fragment.dataset.fragment, { source: fragment, target: fragment, swap: "outerHTML" });
  } else {
    location.reload();
  }
}

// ---- Copy: <div class="copy"><pre><code>text</code></pre><button data-copied="Copied" hidden>Copy</button></div>
function showCopyButtons(root) {
  for (const button of root.querySelectorAll(".copy button[hidden]")) button.hidden = false;
}

// What is shown once is gone when its page is left: a browser that keeps pages for going back keeps it without that.
addEventListener("pagehide", () => {
  for (const element of document.querySelectorAll("[data-once]")) element.remove();
});

async function copy(button) {
  const source = button.closest(".copy").querySelector("code");
  getSelection().selectAllChildren(source);
  // Only a secure origin has a clipboard; elsewhere the selected text is one key away.
  if (!navigator.clipboard) return;
  await navigator.clipboard.writeText(source.textContent);
  const label = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = label; }, 2000);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copied]");
  if (button) copy(button);
  for (const menu of document.querySelectorAll("details.drops[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.drops[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// ---- What an act did can be put away: <button data-dismiss hidden> in its notice
function showDismissButtons(root) {
  for (const button of root.querySelectorAll("[data-dismiss][hidden]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.parentElement.remove();
});

// ---- New rows: an element with data-row that was not on the page before fades in.
const rows = new Set();

function markNewRows(root, fresh) {
  for (const row of root.querySelectorAll("[data-row]")) {
    if (fresh && !rows.has(row.dataset.row)) row.classList.add("is-new");
    rows.add(row.dataset.row);
  }
}

// ---- Chips: a number that is typed beside one chooses that one; choosing another takes the number away.
document.addEventListener("input", (event) => {
  const chips = event.target.closest(".chips");
  const number = chips?.querySelector(".number input");
  if (!number) return;
  const own = number.closest(".pair").querySelector("[type=radio]");
  if (event.target === number) own.checked ||= number.value !== "";
  else if (event.target !== own) number.value = "";
});

// ---- A form is sent once, however often its button is pressed; coming back to its page it can be sent again.
document.addEventListener("submit", (event) => {
  if ("sending" in event.target.dataset) event.preventDefault();
  else if (!event.defaultPrevented && event.target.method === "post") event.target.dataset.sending = "";
});

addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) delete form.dataset.sending;
});

// ---- htmx
function prepare(root, fresh) {
  watchCountdowns(root);
  showCopyButtons(root);
  showDismissButtons(root);
  markNewRows(root, fresh);
}

document.addEventListener("htmx:afterSettle", () => prepare(document, true));

// A fragment that comes back as a whole page means that we were logged out: go and see.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.shouldSwap || !/^\s*<!doctype/i.test(event.detail.serverResponse)) return;
  event.detail.shouldSwap = false;
  location.reload();
});

// A refresh by the clock waits while somebody is in that part by keyboard, or has typed or signs there: it would take that away.
document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.detail.elt;
  if (!part.matches("[hx-trigger^=every]")) return;
  const typed = [...part.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);
  // A card that moves under the pointer would have another one decided on.
  if (typed || part.querySelector(":focus-visible, .decide:hover, form[data-sign]")) event.preventDefault();
});

// One notice, however often a refresh fails; it goes when one succeeds.
function noticeOffline(isOffline) {
  const notice = document.getElementById("offline");
  if (notice) notice.hidden = !isOffline;
}
document.addEventListener("htmx:responseError", () => noticeOffline(true));
document.addEventListener("htmx:sendError", () => noticeOffline(true));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) noticeOffline(false);
});

prepare(document, false);
tick();
setInterval(tick, 1000);
