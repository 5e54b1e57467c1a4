// Files dropped on a form are sent at once; without this script the field does the same.
"use strict";

(() => {
  const zone = document.querySelector("[data-drop]");
  if (!zone) return;
  const field = zone.querySelector("input[type=file]");
  const over = (event, on) => {
    event.preventDefault();
    zone.classList.toggle("over", on);
  };
  zone.addEventListener("dragenter", (event) => over(event, true));
  zone.addEventListener("dragover", (event) => over(event, true));
  zone.addEventListener("dragleave", (event) => over(event, false));
  zone.addEventListener("drop", (event) => {
    over(event, false);
    if (!event.dataTransfer.files.length) return;
    field.files = event.dataTransfer.files;
    field.form.requestSubmit();
  });
})();
