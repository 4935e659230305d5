/* Comfort on top of pages that work without it: the menu on small screens, focus on errors, no double
   submit, a warning before typed text is lost, and counters under text boxes. */
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  /* The menu is open in the page itself; fold it where the screen is small. */
  const narrow = window.matchMedia("(max-width: 48rem)");
  const fold = () => all("[data-menu]").forEach((menu) => { menu.open = !narrow.matches; });
  fold();
  narrow.addEventListener("change", fold);

  /* Start at the errors. A link in the summary focuses its field, also when that is a group. */
  const summary = document.querySelector("[data-error-summary]");
  if (summary) {
    summary.focus();
    summary.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const field = link && document.getElementById(link.getAttribute("href").slice(1));
      if (!field) return;
      event.preventDefault();
      field.scrollIntoView({ block: "center" });
      field.focus({ preventScroll: true });
    });
  }

  /* One click is one request. The lock opens again when the page is shown from the back button, or
     after a while: an answer that is a download leaves this page standing. */
  const locked = new WeakSet();
  const unlock = (form) => {
    locked.delete(form);
    all("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]") || event.defaultPrevented) return;
    if (locked.has(form)) {
      event.preventDefault();
      return;
    }
    locked.add(form);
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
    window.setTimeout(() => unlock(form), 10000);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) all("form[data-once]").forEach(unlock);
  });

  /* Warn before leaving with typed text. Autosave clears the mark (see autosave.js). */
  all("form[data-guard]").forEach((form) => {
    form.addEventListener("input", () => { form.dataset.dirty = "1"; });
    form.addEventListener("submit", () => { delete form.dataset.dirty; });
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-guard][data-dirty]")) event.preventDefault();
  });

  /* Words or characters left. Said aloud only after a pause. */
  all("textarea[data-count]").forEach((box) => {
    const line = document.querySelector(`[data-count-for="${CSS.escape(box.id)}"]`);
    if (!line) return;
    const words = box.dataset.count === "words";
    const most = Number(box.dataset.max);
    const unit = (number) => (words ? (number === 1 ? "woord" : "woorden") : (number === 1 ? "teken" : "tekens"));
    let timer = 0;
    const tell = () => {
      const text = box.value.trim();
      const used = words ? (text ? text.split(/\s+/).length : 0) : [...box.value.replace(/\r\n/g, "\n")].length;
      const left = most - used;
      line.textContent = left >= 0 ? `U hebt nog ${left} ${unit(left)}.` : `U hebt ${-left} ${unit(-left)} te veel.`;
      line.classList.toggle("pp-count--over", left < 0);
    };
    box.addEventListener("input", () => { window.clearTimeout(timer); timer = window.setTimeout(tell, 600); });
    if (box.value) tell();
  });
})();
