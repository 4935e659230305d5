/* A file that is too large is stopped before it is sent, and a long upload says that it is under way. */
(() => {
  "use strict";
  document.querySelectorAll("[data-upload]").forEach((block) => {
    const input = block.querySelector("input[type=file]");
    const status = block.querySelector("[data-upload-status]");
    const form = input.form;
    const tooLarge = () => [...input.files].some((file) => file.size > Number(block.dataset.most));
    const say = (text, problem = false) => {
      status.textContent = text;
      status.classList.toggle("pp-upload--problem", problem);
    };

    input.addEventListener("change", () => say(tooLarge() ? block.dataset.tooLarge : "", true));
    // Before the lock against a second click (pool.js), which leaves a stopped form alone.
    form.addEventListener("submit", (event) => {
      if (tooLarge()) {
        event.preventDefault();
        say(block.dataset.tooLarge, true);
        input.focus();
      } else if (input.files.length) {
        say("Bezig met versturen. Laat deze pagina open staan.");
      }
    });
    window.addEventListener("pageshow", () => say(""));
  });
})();
