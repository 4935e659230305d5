/* Add and remove lines of a budget table without asking the server (macro repeat_table). */
(() => {
  "use strict";
  const ATTRIBUTES = ["id", "name", "for", "aria-describedby"];

  document.querySelectorAll("[data-repeat]").forEach((block) => {
    const body = block.querySelector("[data-repeat-rows]");
    const status = block.querySelector("[data-repeat-status]");
    const prefix = block.dataset.prefix;
    const pattern = new RegExp(`(^|\\s)(${prefix.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")})-(\\d+)-`, "g");
    const rows = () => [...body.querySelectorAll("[data-repeat-row]")];
    const inputs = (row) => [...row.querySelectorAll("input, select, textarea")];
    const changed = () => body.dispatchEvent(new Event("input", { bubbles: true }));

    const highest = () => Math.max(-1, ...inputs(body).map((input) => {
      const found = [...input.name.matchAll(pattern)][0];
      return found ? Number(found[3]) : -1;
    }));

    const clear = (row) => inputs(row).forEach((input) => {
      if (input.type === "checkbox" || input.type === "radio") input.checked = false;
      else if (input.tagName === "SELECT") input.selectedIndex = 0;
      else if (input.name !== "csrf_token" && !input.name.endsWith("-csrf_token")) input.value = "";
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
      input.classList.remove("utrecht-textbox--invalid");
    });

    const number = () => rows().forEach((row, at) => {
      inputs(row).forEach((input) => {
        const label = input.getAttribute("aria-label");
        if (label) input.setAttribute("aria-label", label.replace(/regel \d+$/, `regel ${at + 1}`));
      });
      const name = row.querySelector("[data-repeat-remove] .pp-sr");
      if (name) name.textContent = ` regel ${at + 1}`;
    });

    block.addEventListener("click", (event) => {
      const add = event.target.closest("[data-repeat-add]");
      const remove = event.target.closest("[data-repeat-remove]");
      const current = rows();
      if (add && current.length) {
        event.preventDefault();
        const next = highest() + 1;
        const row = current[current.length - 1].cloneNode(true);
        row.querySelectorAll(".utrecht-form-field-error-message").forEach((error) => error.remove());
        row.querySelectorAll("*").forEach((element) => ATTRIBUTES.forEach((attribute) => {
          const value = element.getAttribute(attribute);
          if (value) element.setAttribute(attribute, value.replace(pattern, `$1$2-${next}-`));
        }));
        clear(row);
        body.append(row);
        number();
        const first = inputs(row).find((input) => input.type !== "hidden");
        if (first) first.focus();
        if (status) status.textContent = `Regel ${rows().length} toegevoegd.`;
        changed();
      } else if (remove) {
        event.preventDefault();
        const row = remove.closest("[data-repeat-row]");
        const at = current.indexOf(row);
        if (current.length > Number(block.dataset.minimum)) row.remove();
        else clear(row);
        number();
        const near = rows()[Math.min(at, rows().length - 1)];
        const first = near && inputs(near).find((input) => input.type !== "hidden");
        if (first) first.focus();
        if (status) status.textContent = `Regel ${at + 1} verwijderd.`;
        changed();
      }
    });
  });
})();
