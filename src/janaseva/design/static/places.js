// Places, level by level: what the button opens opens at once. Without this file the button does it.
"use strict";
(() => {
  const groups = (within) => [...within.querySelectorAll("[data-opened]")];
  let asked = 0, left = false;
  document.addEventListener("submit", () => { left = true; });
  addEventListener("pageshow", () => { left = false; });
  const options = (group) => [...group.querySelectorAll("option")].map((one) => one.value).join();
  const ready = () => document.querySelectorAll("button[data-opens]").forEach((button) => {
    const list = button.closest("[data-opened]").querySelector("select");
    button.closest(".opens").hidden = true;
    list.addEventListener("change", async () => {
      const form = button.form, data = new FormData(form), turn = ++asked;
      data.set(button.name, button.value);
      list.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        // another choice was made meanwhile, or the person went on: an answer that comes late changes nothing
        if (turn !== asked || left) return;
        const fresh = groups(page), names = fresh.map((group) => group.dataset.opened);
        if (!answer.ok || !fresh.length) throw new Error("no list of places");
        groups(document).forEach((group) => { if (!names.includes(group.dataset.opened)) group.remove(); });
        let before = null;
        fresh.forEach((group) => {
          const old = groups(document).find((one) => one.dataset.opened === group.dataset.opened);
          if (old && (old.contains(list) || options(old) === options(group))) { before = old; return; }
          if (old) old.replaceWith(group); else before.after(group);
          before = group;
        });
        list.removeAttribute("aria-busy");
        ready();
      } catch { if (turn === asked && !left) form.requestSubmit(button); }
    });
    button.removeAttribute("data-opens");
  });
  ready();
})();
