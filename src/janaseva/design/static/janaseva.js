// Improvements only: every page works without this file. No framework, nothing fetched, nothing kept.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("script");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  // Old and new chillu letters, and letters that keyboards of Arabic, Urdu and Sindhi exchange, are found alike.
  const chillu = { "\u0d7a": "\u0d23", "\u0d7b": "\u0d28", "\u0d7c": "\u0d30", "\u0d7d": "\u0d32", "\u0d7e": "\u0d33", "\u0d7f": "\u0d15" };
  const plain = (words) => words.normalize("NFKC").toLocaleLowerCase().replace(/[\u200c\u200d]/g, "")
    .replace(/[\u0d7a-\u0d7f]/g, (letter) => `${chillu[letter]}\u0d4d`)
    .replace(/[\u064a\u0649]/g, "\u06cc").replace(/[\u0643\u06aa]/g, "\u06a9").replace(/[\u0647\u06be]/g, "\u06c1").trim();

  // The first thing heard when answers have faults is the list of them; its links lead into the field itself.
  const summary = document.querySelector(".error-summary");
  if (summary) {
    summary.focus();
    summary.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const field = link && document.getElementById(link.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      (field.closest(".field, .rows") || field).scrollIntoView({ block: "start" });
      field.focus({ preventScroll: true });
    });
  }

  // A form is sent once. The server would answer a repeated key alike; this spares the wait and the doubt.
  let changed = false;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    changed = false;
    const button = event.submitter;
    if (button) button.setAttribute("aria-disabled", "true");
    setTimeout(() => { delete form.dataset.sent; if (button) button.removeAttribute("aria-disabled"); }, 15000);
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    all("[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  }));

  // Half-filled answers are not left by accident.
  document.addEventListener("input", (event) => { if (event.target.closest("form[data-keep]")) changed = true; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });

  // A field that depends on another shows when it is asked for: data-when="name=value|value".
  const dependents = all("[data-when]");
  const answers = (name) => all(`[name="${CSS.escape(name)}"]`)
    .filter((input) => !["radio", "checkbox"].includes(input.type) || input.checked).map((input) => input.value);
  const settle = () => dependents.forEach((field) => {
    const [name, wanted = ""] = field.dataset.when.split("=");
    const shown = answers(name).some((value) => wanted.split("|").includes(value));
    field.hidden = !shown;
    all("input, select, textarea", field).forEach((input) => { input.disabled = !shown; });
  });
  if (dependents.length) { settle(); document.addEventListener("change", settle); }

  // Lists and tables that can be narrowed by typing.
  all("[data-narrow]").forEach((box) => {
    const target = document.getElementById(box.dataset.narrow);
    if (!target) return;
    const rows = all("tbody tr, :scope > li", target);
    const none = document.createElement("p");
    none.className = "soft"; none.hidden = true; none.setAttribute("role", "status"); none.textContent = box.dataset.none;
    target.after(none);
    box.hidden = false;
    box.querySelector("input").addEventListener("input", (event) => {
      const words = plain(event.target.value).split(/\s+/);
      let left = 0;
      rows.forEach((row) => { row.hidden = !words.every((word) => plain(row.textContent).includes(word)); left += !row.hidden; });
      none.hidden = left > 0;
    });
  });

  // Long choices (areas, banks): a box above that narrows what the list offers.
  all("select[data-filter]").forEach((list) => {
    if (list.options.length < 12) return;
    const options = [...list.options];
    const box = document.createElement("input");
    box.type = "search"; box.autocomplete = "off";
    box.placeholder = list.dataset.filter; box.setAttribute("aria-label", list.dataset.filter);
    list.before(box);
    box.addEventListener("input", () => {
      const words = plain(box.value), kept = list.value;
      const fitting = options.filter((option) => !option.value || option.value === kept || plain(option.text).includes(words));
      list.replaceChildren(...fitting);
      list.value = kept;
      if (words && !kept && fitting.length === 2) list.selectedIndex = 1;
    });
  });

  // A preview is made anew, with what was typed in it, when another window has saved what it previews.
  const previews = all("iframe[data-preview]"), saved = document.querySelector("[data-saved]");
  if (window.BroadcastChannel && (previews.length || saved)) {
    const channel = new BroadcastChannel("preview");
    if (saved) channel.postMessage(saved.dataset.saved);
    channel.onmessage = (event) => previews.filter((frame) => frame.dataset.preview === event.data).forEach((frame) => {
      const button = frame.contentDocument.querySelector("button[name=_show][value=all]");
      if (button) button.form.requestSubmit(button); else frame.contentWindow.location.reload();
    });
  }

  // A phone's photo of 6 MB becomes one of 300 kB before it is sent; where that fails, the original goes.
  const size = (bytes) => bytes > 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`;
  const shrunk = async (file, edge) => {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, edge / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale); canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.82); });
    return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
  };
  all("input[type=file][data-shrink]").forEach((input) => input.addEventListener("change", async () => {
    const file = input.files[0];
    let said = input.parentElement.querySelector(".shrunk");
    if (!said) {
      said = document.createElement("p");
      said.className = "shrunk hint"; said.setAttribute("role", "status");
      input.after(said);
    }
    said.textContent = file ? size(file.size) : "";
    if (!file || !file.type.startsWith("image/") || file.size < 400000) return;
    try {
      const small = await shrunk(file, Number(input.dataset.shrink));
      if (small === file || input.files[0] !== file) return;
      const box = new DataTransfer();
      box.items.add(small);
      input.files = box.files;
      said.textContent = input.dataset.shrunk.replace("{size}", `${size(file.size)} → ${size(small.size)}`);
    } catch { /* the original is sent */ }
  }));
})();
