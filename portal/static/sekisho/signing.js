// A form that a passkey signs: <form data-sign='{"publicKey": …}'> with a field "assertion" that takes the answer, a button
// [data-ask] and what is said where nothing came of it, [data-trouble], both hidden, and what is said where nothing can, [data-none].
// It asks at once, and when the button is pressed. Beside passkeys.js.
"use strict";

async function sign(form) {
  const [button, trouble, none] = ["ask", "trouble", "none"].map((part) => form.querySelector(`[data-${part}]`));
  none.hidden = Boolean(window.PublicKeyCredential);
  button.hidden = !none.hidden;
  if (button.hidden) return;
  trouble.hidden = button.disabled = true;
  try {
    form.elements.assertion.value = JSON.stringify(await passkey("get", JSON.parse(form.dataset.sign)));
    form.requestSubmit();
  } catch {
    trouble.hidden = button.disabled = false;
    button.focus();
  }
}

function signWhatIsNew() {
  for (const form of document.querySelectorAll("form[data-sign]:not([data-asked])")) {
    form.dataset.asked = "";
    sign(form);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-ask]");
  if (button) sign(button.form);
});
document.addEventListener("htmx:afterSettle", signWhatIsNew);
signWhatIsNew();
