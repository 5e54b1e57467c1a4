// The drawer at the right: the focus goes into it when it opens, and back to where it was when it closes.
"use strict";

(() => {
  let before = null;
  const place = () => document.getElementById("drawer");

  const close = () => {
    if (!place().firstElementChild) return;
    place().replaceChildren();
    if (before && before.isConnected) before.focus();
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target === place()) before = document.activeElement;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const drawer = event.detail.target === place() && place().querySelector("[data-drawer]");
    if (drawer) drawer.focus();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-drawer]")) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
})();
