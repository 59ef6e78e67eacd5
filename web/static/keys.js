// Shortcuts: / searches, g and a letter goes somewhere, ? shows what there is.
// They rest while somebody types, with modifiers, and where somebody switched them off.
(() => {
  "use strict";
  const help = document.getElementById("keys-help");
  if (!help) return;
  const OFF = "worklift-keys-off";
  const WAITS = 1500;
  const toggle = document.getElementById("keys-on");
  let going = 0;

  const kept = (change) => {
    try {
      return change(window.localStorage);
    } catch {
      return null;
    }
  };
  const off = () => kept((store) => store.getItem(OFF)) === "1";
  toggle.checked = !off();
  toggle.addEventListener("change", () => {
    kept((store) => (toggle.checked ? store.removeItem(OFF) : store.setItem(OFF, "1")));
  });

  const typing = (at) =>
    at instanceof Element &&
    at.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  // The page under the help may have been swapped for a newer one meanwhile.
  const back = (to) => {
    const there = to?.isConnected ? to : to?.id ? document.getElementById(to.id) : null;
    const link = there ?? (to?.href && document.querySelector(`#main a[href="${CSS.escape(to.getAttribute("href"))}"]`));
    (link || document.getElementById("main")).focus({ preventScroll: true });
  };

  const show = () => {
    if (help.open) return;
    const from = document.activeElement === document.body ? null : document.activeElement;
    help.showModal();
    // Not the attribute: a page that an address leads into would complain of it.
    help.querySelector("button[type=submit]").focus();
    help.addEventListener("close", () => back(from), { once: true });
  };

  const find = () => {
    const field = document.querySelector("main input[type=search]") ?? document.getElementById("find");
    if (!field?.getClientRects().length) {
      document.querySelector("[data-find]")?.click();
      return;
    }
    field.focus();
    field.select();
  };

  const go = (letter) => document.querySelector(`[data-letter="${CSS.escape(letter)}"]`)?.click();

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && typing(event.target) && event.target.id === "find") event.target.blur();
    if (help.open || typing(event.target) || off()) return;
    const after = going && event.timeStamp - going < WAITS;
    going = 0;
    if (after && event.key.length === 1) {
      if (document.querySelector(`[data-letter="${CSS.escape(event.key)}"]`)) event.preventDefault();
      go(event.key);
    } else if (event.key === "g") {
      going = event.timeStamp;
    } else if (event.key === "/") {
      event.preventDefault();
      find();
    } else if (event.key === "?") {
      event.preventDefault();
      show();
    }
  });

  for (const opener of document.querySelectorAll("[data-keys]")) {
    opener.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      show();
    });
  }
  help.addEventListener("click", (event) => {
    if (event.target === help) help.close();
  });
})();
