// What pages need of a script: asking before something cannot be undone, and moving the focus to problems.
"use strict";

(() => {
  const ask = (words) => window.confirm(words);

  document.addEventListener("submit", (event) => {
    const words = event.target.dataset.confirm;
    if (words && !ask(words)) event.preventDefault();
  });

  // What somebody left unsent on this device goes with the sign-out (static/web/answers/store.js keeps it by account).
  document.addEventListener("submit", (event) => {
    if (!event.target.matches('[action$="/signout"]')) return;
    const { account, unsent } = event.target.dataset;
    const place = `yici-answers-${account}`;
    const shelves = [localStorage, sessionStorage].filter((shelf) => shelf.getItem(place));
    if (shelves.length && !ask(unsent)) { event.preventDefault(); return; }
    shelves.forEach((shelf) => shelf.removeItem(place));
  });

  const showProblems = () => {
    const box = document.querySelector("#problems .problems");
    if (box) box.focus();
  };

  // On a small screen the menu starts folded, so that the page itself is seen first. In the elders' view it is below.
  const foldMenu = () => {
    const menu = document.querySelector(":root:not([data-view=elder]) .side .fold");
    if (menu && window.matchMedia("(max-width: 720px)").matches) menu.open = false;
  };

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  document.addEventListener("DOMContentLoaded", () => { foldMenu(); showProblems(); });
  document.addEventListener("htmx:afterSwap", showProblems);
  // A part that asks again and again how far something is must not be replaced under a button that is being pressed.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.target;
    if (part.matches("[hx-trigger^=every]") && part.querySelector("button:active")) event.detail.shouldSwap = false;
  });
})();
