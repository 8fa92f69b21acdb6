// Passkeys (WebAuthn level 2): ask the server what to ask, ask the browser, send its answer as an ordinary form.
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const words = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
  const asked = (kind, options) => kind === "create"
    ? { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: named(options.excludeCredentials) }
    : { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) };
  const answered = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = words(credential.response[name]);
    }
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return JSON.stringify({
      id: credential.id, rawId: words(credential.rawId), type: credential.type, response,
      authenticatorAttachment: credential.authenticatorAttachment || undefined,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  };
  if (!window.PublicKeyCredential) return;
  document.querySelectorAll("[data-passkey]").forEach((part) => {
    const form = part.querySelector("form"), said = part.querySelector("[data-passkey-said]");
    part.querySelector("[data-passkey-none]").hidden = true;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (form.elements.response.value) return;
      event.preventDefault();
      event.stopPropagation();
      said.hidden = true;
      try {
        const sent = new FormData();
        sent.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
        const reply = await fetch(part.dataset.begin, { method: "POST", body: sent, credentials: "same-origin" });
        if (!reply.ok) throw new Error(String(reply.status));
        const { challenge_id: challenge, options } = await reply.json();
        const publicKey = asked(part.dataset.passkey, JSON.parse(options));
        const credential = await navigator.credentials[part.dataset.passkey]({ publicKey });
        form.elements.challenge_id.value = challenge;
        form.elements.response.value = answered(credential);
        form.submit();
      } catch {
        said.textContent = part.dataset.failed;
        said.hidden = false;
      }
    });
  });
})();
