// Follows the work: asks the same page for news and swaps its main part when it changed.
// A page without this script is complete; failures are silent and tried again.
(() => {
  "use strict";
  const every = Number(document.body.dataset.live);
  if (!every) return;
  let etag = "";
  const main = () => document.getElementById("main");

  const busy = () => {
    const selected = document.getSelection();
    if (selected && !selected.isCollapsed && main().contains(selected.anchorNode)) return true;
    const focused = document.activeElement;
    return main().contains(focused) && focused.matches("input, select, textarea");
  };

  // What names an element on both the old and the new page: its id, its link, its summary's place.
  const name = (element) => {
    if (element.id) return "#" + CSS.escape(element.id);
    const { id } = element.parentElement;
    if (element.matches("summary") && id) return "#" + CSS.escape(id) + " > summary";
    const href = element.getAttribute("href");
    return href ? `a[href="${CSS.escape(href)}"]` : "";
  };

  const keep = (fresh) => {
    for (const old of main().querySelectorAll("details[id]")) {
      const next = fresh.querySelector("#" + CSS.escape(old.id));
      if (next) next.open = old.open;
    }
    for (const next of fresh.querySelectorAll("[data-n]")) {
      const old = main().querySelector(`[data-n="${CSS.escape(next.dataset.n)}"]`);
      if (old && old.textContent !== next.textContent) next.classList.add("changed");
    }
  };

  const swap = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("main");
    if (!fresh) return;
    keep(fresh);
    const focused = document.activeElement;
    const inside = focused !== main() && main().contains(focused) ? name(focused) : "";
    main().replaceChildren(...fresh.childNodes);
    if (inside) main().querySelector(inside)?.focus({ preventScroll: true });
  };

  const look = async () => {
    if (document.hidden || busy()) return;
    const headers = { "X-Worklift-Live": "1", ...(etag && { "If-None-Match": etag }) };
    const answer = await fetch(location.href, { headers, redirect: "error", cache: "no-store" });
    const html = await answer.text();
    if (answer.status !== 200 || busy()) return;
    etag = answer.headers.get("ETag") || "";
    swap(html);
  };

  const round = () => look().catch(() => {}).finally(() => setTimeout(round, every));
  setTimeout(round, every);
  document.addEventListener("visibilitychange", () => look().catch(() => {}));
})();
