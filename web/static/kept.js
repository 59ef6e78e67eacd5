// What was typed into a form is not lost when one was signed out meanwhile: it is kept in this tab
// until the next page, and filled in again where the sign-in leads back to. No secrets, no files.
(() => {
  "use strict";
  const KEPT = "worklift-kept";
  const who = () => document.querySelector(".who-name")?.textContent.trim() ?? "";
  const fields = (form) =>
    [...form.elements].filter((each) => each.name && !["hidden", "password", "file", "submit", "button"].includes(each.type));
  const is_tick = (each) => each.type === "checkbox" || each.type === "radio";

  const keep = (form) => {
    const typed = fields(form).map((each) => [each.name, each.value, is_tick(each) ? each.checked : null]);
    const kept = { page: location.pathname, action: form.getAttribute("action"), who: who(), typed };
    sessionStorage.setItem(KEPT, JSON.stringify(kept));
  };

  const fill = (form, typed) => {
    for (const [name, value, checked] of typed) {
      const one = fields(form).find((each) => each.name === name && (checked === null || each.value === value));
      if (!one) continue;
      if (checked === null) one.value = value;
      else one.checked = checked;
      one.dispatchEvent(new Event("input", { bubbles: true }));
    }
    for (let up = form.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
    form.scrollIntoView({ block: "center" });
  };

  try {
    // On the sign-in page that says so, what is kept waits for the page it leads back to.
    if (!document.getElementById("lost")) {
      const kept = JSON.parse(sessionStorage.getItem(KEPT) || "null");
      sessionStorage.removeItem(KEPT);
      const from = document.referrer && new URL(document.referrer);
      const came_back = from && from.origin === location.origin && from.pathname === "/sign-in";
      if (kept && came_back && kept.page === location.pathname && kept.who === who()) {
        const form = [...document.forms].find((each) => each.getAttribute("action") === kept.action);
        if (form) fill(form, kept.typed);
      }
    }
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (form.method === "post" && who() && fields(form).length) keep(form);
    });
  } catch {
    // Without its storage the browser keeps nothing; the page is complete without it.
  }
})();
