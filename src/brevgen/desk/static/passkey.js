/* Passkeys: asks the device, fills the answer into the form's hidden fields, and sends the form. */
const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
};
const text = (buffer) => {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};
const known = (keys = []) => keys.map((key) => ({ ...key, id: bytes(key.id), type: "public-key" }));

const make = async (asked) => {
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    user: { ...asked.user, id: bytes(asked.user.id) },
    excludeCredentials: known(asked.excludeCredentials),
  };
  const key = await navigator.credentials.create({ publicKey });
  return {
    credential_id: text(key.rawId),
    client_data: text(key.response.clientDataJSON),
    attestation: text(key.response.attestationObject),
    transports: (key.response.getTransports?.() ?? []).join(" "),
  };
};

const sign = async (asked) => {
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    allowCredentials: known(asked.allowCredentials),
  };
  const key = await navigator.credentials.get({ publicKey });
  return {
    credential_id: text(key.rawId),
    client_data: text(key.response.clientDataJSON),
    authenticator_data: text(key.response.authenticatorData),
    signature: text(key.response.signature),
  };
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.hasAttribute("data-without")) return;
    event.preventDefault();
    const told = form.querySelector("[role=alert]");
    told.textContent = "";
    try {
      const asked = JSON.parse(form.dataset.passkey);
      const given = await (asked.user ? make(asked) : sign(asked));
      for (const [name, value] of Object.entries(given)) form.elements[name].value = value;
      form.submit();
    } catch {
      told.textContent = told.dataset.failed;
    }
  });
}
