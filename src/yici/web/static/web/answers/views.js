// Cards or table: the same answers, one way of looking at them at a time; the choice is remembered on this device.
"use strict";

(() => {
  const form = document.getElementById("answers");
  if (!form || !form.querySelector("[data-question]")) return;
  const PLACE = "yici-view";
  const host = document.getElementById("grids");
  const wide = window.matchMedia("(min-width: 721px)");
  const grids = [];

  // A person with the household; the head, whose name is the household's, not twice.
  const labelOf = ({ who, row }) => {
    const name = who.replace(/（[^）]*）$/, "");
    return who ? `${who}　${row === `${name} 户` ? host.dataset.head : row}` : row;
  };

  // One table for each kind of subject: people, households, the village itself.
  const build = ({ cells, set, listen }) => {
    const kinds = new Map();
    cells.forEach((cell) => {
      const kind = kinds.get(cell.box.dataset.kind) || { columns: new Map(), rows: new Map() };
      kinds.set(cell.box.dataset.kind, kind);
      const column = cell.element || `${cell.filling}|${cell.sheet}|${cell.label}`;
      if (!kind.columns.has(column)) kind.columns.set(column, cell.column);
      const row = kind.rows.get(cell.subject) || { label: labelOf(cell), ids: new Map() };
      kind.rows.set(cell.subject, row);
      row.ids.set(column, cell.id);
    });
    kinds.forEach(({ columns, rows }, kind) => {
      const names = [...columns.keys()];
      const lines = [...rows.values()].map(({ label, ids }) => ({ label, ids: names.map((name) => ids.get(name) || "") }));
      const part = document.createElement("section");
      part.className = "card";
      host.append(part);
      const { subject, notasked, pasted, skipped, wrong } = host.dataset;
      const help = { subject, notAsked: notasked, pasted, skipped, wrong, number: grids.length };
      grids.push(new window.yici.Grid(part, kind || host.dataset.title, [...columns.values()], lines, { cells, set, listen }, help));
    });
  };

  const showAs = (view, remember) => {
    const grid = view === "grid" && wide.matches;
    if (grid && !grids.length) build(window.yici.answers);
    form.dataset.view = grid ? "grid" : "cards";
    document.querySelectorAll("[data-show]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.show === form.dataset.view)));
    if (remember) localStorage.setItem(PLACE, view);
  };

  const remembered = () => {
    const many = form.querySelectorAll("[data-question]").length >= 30;
    return localStorage.getItem(PLACE) || (many ? "grid" : "cards");
  };

  form.addEventListener("answers:ready", () => {
    document.getElementById("views").hidden = false;
    document.querySelectorAll("[data-show]").forEach((button) => button.addEventListener("click", () => showAs(button.dataset.show, true)));
    wide.addEventListener("change", () => showAs(remembered(), false));
    showAs(remembered(), false);
  });
  form.addEventListener("answers:look", ({ detail }) => {
    const grid = grids.find((one) => one.places.has(detail));
    if (grid) grid.select(grid.places.get(detail), false);
  });
})();
