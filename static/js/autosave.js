/* A draft is kept while it is typed: a form with data-autosave is posted there after a pause.
   Answer: JSON, optionally with saved_at ("14:03"), version, and on refusal detail or message. */
(() => {
  "use strict";
  const PAUSE = 2500;

  const once = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const clock = () => new Date().toLocaleTimeString("nl-NL", { hour: "2-digit", minute: "2-digit" });

  document.querySelectorAll("form[data-autosave]").forEach((form) => {
    const status = form.querySelector("[data-autosave-status]");
    let timer = 0;
    let running = false;
    let again = false;
    let stopped = false;

    const say = (text, problem = false) => {
      if (!status) return;
      status.textContent = text;
      status.classList.toggle("pp-autosave--problem", problem);
    };

    const save = async () => {
      if (stopped) return;
      if (running) {
        again = true;
        return;
      }
      running = true;
      const body = new FormData(form);
      // Files wait for the real submit. Each save is a command of its own, so it gets its own key.
      [...body.entries()].forEach(([name, value]) => { if (value instanceof File) body.delete(name); });
      if (body.has("once")) body.set("once", once());
      const token = form.querySelector("[name=csrf_token]");
      try {
        const answer = await fetch(form.dataset.autosave, {
          method: "POST",
          body,
          credentials: "same-origin",
          headers: { Accept: "application/json", "X-CSRFToken": token ? token.value : "" },
        });
        const isJson = (answer.headers.get("Content-Type") || "").includes("json");
        const facts = isJson ? await answer.json() : {};
        const version = form.querySelector("[name=version]");
        if (answer.ok && !answer.redirected) {
          if (version && facts.version !== undefined) version.value = facts.version;
          if (!again) delete form.dataset.dirty;
          say(`Opgeslagen om ${facts.saved_at || clock()}`);
        } else if (answer.status === 409) {
          stopped = true;
          say(facts.detail || facts.message || "Iemand anders heeft dit net gewijzigd. Laad de pagina opnieuw.", true);
        } else if (answer.status === 400 || answer.status === 422) {
          say(facts.detail || facts.message || "Nog niet opgeslagen: er klopt iets niet in wat u invulde.", true);
        } else {
          say("Opslaan lukt nu niet. Uw tekst staat nog op deze pagina.", true);
        }
      } catch {
        say("Geen verbinding. Uw tekst staat nog op deze pagina.", true);
      } finally {
        running = false;
        if (again) {
          again = false;
          save();
        }
      }
    };

    form.addEventListener("input", (event) => {
      if (event.target.type === "file") return;
      window.clearTimeout(timer);
      timer = window.setTimeout(save, PAUSE);
    });
    form.addEventListener("submit", () => { stopped = true; window.clearTimeout(timer); });
    window.addEventListener("pageshow", (event) => { if (event.persisted) stopped = false; });
  });
})();
