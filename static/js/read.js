/* Whoever opens messages has read them: the button that says so is used by itself, after a moment of looking.
   Without scripts the button is there to click. */
(() => {
  "use strict";
  document.querySelectorAll("form[data-read]").forEach((form) => {
    window.setTimeout(async () => {
      try {
        const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
        if (answer.type === "opaqueredirect" || answer.ok) form.hidden = true;
      } catch {
        /* No connection: the button stays. */
      }
    }, 1500);
  });
})();
