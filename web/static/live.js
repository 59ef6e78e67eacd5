// Follows the work: asks the same page for news and swaps its main part when it changed.
// A page without this script is complete. When the server cannot be reached for a minute,
// the page says since when it is not live, and tries on.
(() => {
  "use strict";
  const every = Number(document.body.dataset.live);
  const main = () => document.getElementById("main");
  const LONG = 60_000;
  const etags = new Map();
  const commits = new Map();
  let heard = new Date();
  let failed = false;

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

  const marked = (old, fresh) => {
    for (const next of fresh.querySelectorAll("[data-n]")) {
      const was = old.querySelector(`[data-n="${CSS.escape(next.dataset.n)}"]`);
      if (was && was.textContent !== next.textContent) next.classList.add("changed");
    }
  };

  // What was typed and is not sent yet stays.
  const typed = (old, fresh) => {
    for (const was of old.querySelectorAll("input[id], select[id], textarea[id]")) {
      const next = fresh.querySelector("#" + CSS.escape(was.id));
      const isTick = was.type === "checkbox" || was.type === "radio";
      if (!next || next.type !== was.type || was.type === "hidden") continue;
      if (isTick) next.checked = was.checked !== was.defaultChecked ? was.checked : next.checked;
      else if (was.matches("select") || was.value !== was.defaultValue) next.value = was.value;
    }
  };

  // Branches of the tree that were opened keep what they showed until news of it comes.
  const keep = (old, fresh) => {
    marked(old, fresh);
    for (const was of old.querySelectorAll("details[id]")) {
      const next = fresh.querySelector("#" + CSS.escape(was.id));
      if (!next) continue;
      next.open = was.open;
      if (was.dataset.held && next.dataset.below && next.dataset.below === was.dataset.below) {
        next.dataset.held = "1";
        next.querySelector(".inside").replaceChildren(...was.querySelector(".inside").childNodes);
      }
    }
    typed(old, fresh);
    // What was said once, after a change, stays until the page is left.
    const told = old.querySelector("#told");
    const empty = fresh.querySelector("#told:empty");
    if (told && empty) empty.replaceChildren(...told.childNodes);
  };

  const swap = (old, fresh) => {
    if (!fresh) return;
    const focused = document.activeElement;
    const inside = focused !== old && old.contains(focused) ? name(focused) : "";
    keep(old, fresh);
    old.replaceChildren(...fresh.childNodes);
    if (inside) old.querySelector(inside)?.focus({ preventScroll: true });
  };

  const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
  const clock = (at) =>
    at.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

  // Silence is never green: what is not live any more says so, and stops saying so by itself.
  const tell = () => {
    const lost = document.getElementById("live");
    const at = document.getElementById("live-at");
    if (!lost || !at) return;
    const silent = failed && new Date() - heard > LONG;
    const words = silent ? lost.dataset.lost.replace("{time}", clock(heard)) : "";
    if (lost.textContent !== words) lost.textContent = words;
    at.textContent = silent ? "" : at.dataset.words.replace("{time}", clock(heard));
  };

  // The page's text when there is news of it, else "".
  const news = async (url) => {
    const etag = etags.get(url);
    const seen = (etag && commits.get(url)) || "1";
    const headers = { "X-Worklift-Live": seen, ...(etag && { "If-None-Match": etag }) };
    const answer = await fetch(url, { headers, redirect: "error", cache: "no-store" });
    const html = await answer.text();
    if (answer.status !== 200 && answer.status !== 304) throw new Error(answer.statusText);
    heard = new Date();
    failed = false;
    const commit = answer.headers.get("X-Worklift-Live") || seen;
    if (answer.status === 200) return { html, commit, etag: answer.headers.get("ETag") || "" };
    commits.set(url, commit);
    return "";
  };

  const follow = async (url, place, part, asked = false) => {
    const found = await news(url);
    if (!found || (busy() && !asked)) return;
    etags.set(url, found.etag);
    commits.set(url, found.commit);
    const target = place();
    if (target) swap(target, parsed(found.html).querySelector(part));
  };

  const inside = (branch) => branch.querySelector(":scope > .inside");

  const open = async (branch) => {
    const url = branch.dataset.below;
    etags.delete(url);
    inside(branch).setAttribute("aria-busy", "true");
    try {
      await follow(url, () => inside(branch), "#below", true);
      branch.dataset.held = "1";
    } finally {
      inside(branch).removeAttribute("aria-busy");
    }
  };

  const branches = () => [...main().querySelectorAll("details[data-held][open]")];

  const look = async () => {
    if (document.hidden || busy()) return;
    await follow(location.href, main, "#main");
    for (const branch of branches()) {
      const { id } = branch;
      await follow(branch.dataset.below, () => inside(document.getElementById(id)), "#below");
    }
  };

  // Without script a branch is a link to its own page; with it, it opens where it is.
  document.addEventListener("toggle", (event) => {
    const branch = event.target;
    if (branch.open && branch.dataset?.below && !branch.dataset.held) open(branch).catch(() => {});
  }, true);

  if (!every) return;
  etags.set(location.href, document.body.dataset.etag || "");
  const lookAgain = () => look().catch(() => { failed = true; }).finally(tell);
  // A server that takes long has much to do, and is asked the less often.
  const round = () => {
    const begun = performance.now();
    const pause = () => Math.min(Math.max(every, 10 * (performance.now() - begun)), LONG / 2);
    return lookAgain().finally(() => setTimeout(round, pause()));
  };
  tell();
  setTimeout(round, every);
  document.addEventListener("visibilitychange", lookAgain);
})();
