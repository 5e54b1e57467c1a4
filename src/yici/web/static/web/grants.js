// Narrows the list of elements while typing, and says how many are chosen.
"use strict";

(() => {
  const box = document.querySelector("[data-elements]");
  if (!box) return;
  const find = box.querySelector("[data-find]");
  const count = () => { box.querySelector("[data-count]").textContent = `${box.querySelectorAll(":checked").length}`; };
  find.addEventListener("input", () => {
    const words = find.value.trim();
    for (const list of box.querySelectorAll("ul")) {
      for (const line of list.children) {
        line.hidden = words !== "" && !line.textContent.includes(words) && !line.querySelector("input").checked;
      }
      list.hidden = list.previousElementSibling.hidden = ![...list.children].some((line) => !line.hidden);
    }
  });
  // Enter in the filter must not send the form.
  find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  box.addEventListener("change", count);
  count();
})();
