// Doubtful words are settled by a key: 1 to 3 choose for the word the focus is in, or else for the first; 0 is none.
"use strict";

(() => {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !/^[0-3]$/.test(event.key)) return;
    if (event.target.closest("input, select, textarea")) return;
    const form = event.target.closest("[data-doubt]") || document.querySelector("[data-doubt]");
    const button = form && form.querySelector(`[data-key="${event.key}"]`);
    if (button) button.click();
  });
})();
