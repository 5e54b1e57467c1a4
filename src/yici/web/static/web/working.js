// A form that takes longer than a moment says so, and is not sent twice.
"use strict";

document.addEventListener("submit", (event) => {
  const words = event.target.dataset.working;
  if (!words || event.defaultPrevented) return;
  const button = event.target.querySelector("button");
  if (button) button.disabled = true;
  const shown = document.createElement("p");
  shown.setAttribute("role", "status");
  shown.className = "notice";
  shown.append(words, document.createElement("progress"));
  event.target.append(shown);
});
