/* The meeting screen from the keyboard or a presenter: Page Down and → take the next item, Page Up and ← the one before. */
(() => {
  "use strict";
  const TURNS = { ArrowRight: "next", PageDown: "next", ArrowLeft: "prev", PageUp: "prev" };
  document.addEventListener("keydown", (event) => {
    const rel = TURNS[event.key];
    if (!rel || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // In a field, a list or a table that scrolls the keys keep their own work.
    if (event.target.closest("input, textarea, select, summary, [role=region]")) return;
    if (document.querySelector("form[data-dirty]")) return;
    // A page that can still scroll scrolls first.
    const room = document.documentElement.scrollHeight - window.innerHeight;
    if (event.key === "PageDown" && window.scrollY < room - 2) return;
    if (event.key === "PageUp" && window.scrollY > 0) return;
    const form = document.querySelector(`form[data-turn="${rel}"]`);
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
  });
})();
