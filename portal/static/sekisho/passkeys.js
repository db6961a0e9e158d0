// Forms that a passkey answers: <form data-passkey='{"publicKey": …}' data-passkey-kind="get|create">, hidden until this runs, with a
// hidden field "passkey" that takes the answer, and an element [data-trouble] that says when there is none.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

const text = (buffer) => {
  const signs = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(signs).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
};

// What the server writes in base64url, as the browser takes it. Browsers have a function of their own for it since 2025 only.
function asked(options) {
  const whole = { ...options, challenge: bytes(options.challenge) };
  for (const name of ["allowCredentials", "excludeCredentials"]) {
    if (whole[name]) whole[name] = whole[name].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  if (whole.user) whole.user = { ...whole.user, id: bytes(whole.user.id) };
  return whole;
}

function answered(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: {}, response };
}

async function passkey(kind, options) {
  const publicKey = asked(options.publicKey);
  return answered(await navigator.credentials[kind]({ publicKey }));
}

async function ask(form) {
  const [trouble, button] = [form.querySelector("[data-trouble]"), form.querySelector("button[type=submit]")];
  trouble.hidden = button.disabled = true;
  try {
    const answer = await passkey(form.dataset.passkeyKind, JSON.parse(form.dataset.passkey));
    form.elements.passkey.value = JSON.stringify(answer);
    form.submit();
  } catch {
    // Nobody is told why: the browser hides whether there is a passkey.
    trouble.hidden = button.disabled = false;
    trouble.focus();
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  });
}
