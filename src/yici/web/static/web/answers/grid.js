// One table of answers with the keys of Excel and WPS: arrows, Enter, Tab, typing replaces, F2 edits, Esc gives up, copy
// and paste of blocks, Ctrl+D fills down, Ctrl+Z takes back. The editor is an input that is always in the active cell, so
// that Chinese can be typed at once.
"use strict";

(() => {
  const { blocks, choices } = window.yici;
  const make = (tag, values = {}, ...children) => {
    const made = document.createElement(tag);
    Object.entries(values).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...children);
    return made;
  };

  class Grid {
    // `rows` are {label, ids}: for each column the id of its question, or "" where nothing is asked.
    constructor(host, title, columns, rows, model, help) {
      Object.assign(this, { host, columns, rows, model, help, mode: "ready", active: [0, 0], anchor: [0, 0], past: [], future: [] });
      this.places = new Map();
      this.build(title);
      this.listen();
      const first = rows.findIndex((row) => row.ids.some(Boolean));
      this.active = this.anchor = [Math.max(first, 0), Math.max(rows[Math.max(first, 0)].ids.findIndex(Boolean), 0)];
      this.place(false);
    }

    build(title) {
      const head = make("tr", {}, make("th", { scope: "col" }, this.help.subject),
        ...this.columns.map((column) => make("th", { scope: "col" }, column)));
      this.body = make("tbody");
      this.rows.forEach((row, r) => {
        const line = make("tr", {}, make("th", { scope: "row" }, row.label));
        row.ids.forEach((id, c) => {
          const cell = make("td", { role: "gridcell", "data-r": r, "data-c": c }, "");
          if (id) this.places.set(id, [r, c]); else cell.setAttribute("aria-readonly", "true");
          line.append(cell);
        });
        this.body.append(line);
      });
      this.table = make("table", { role: "grid", "aria-label": title, "aria-multiselectable": "true" }, make("thead", {}, head), this.body);
      this.editor = make("input", { class: "editor", autocomplete: "off", spellcheck: "false", maxlength: "500" });
      this.line = make("p", { class: "grid-line", id: `line-${this.help.number}`, role: "status" });
      this.options = make("p", { class: "grid-options" });
      this.editor.setAttribute("aria-describedby", this.line.id);
      this.host.append(make("div", { class: "scroll grid-scroll" }, this.table), this.line, this.options);
      this.places.forEach((_, id) => this.paint(id));
    }

    td([r, c]) { return this.body.rows[r].cells[c + 1]; }
    id([r, c]) { return this.rows[r].ids[c]; }
    cell(place) { return this.model.cells.get(this.id(place)); }
    value(place) { return this.cell(place)?.value || ""; }

    paint(id) {
      const place = this.places.get(id);
      if (!place) return;
      const cell = this.model.cells.get(id);
      const td = this.td(place);
      // Only the text is changed: taking the editor out of the cell would take the focus away.
      td.firstChild.nodeValue = cell ? cell.value : "";
      td.classList.toggle("wrong", Boolean(cell?.problem));
      td.classList.toggle("doubtful", Boolean(cell?.doubt));
      td.classList.toggle("done", !cell);
      if (!cell) td.setAttribute("aria-readonly", "true");
      td.setAttribute("aria-invalid", cell?.problem ? "true" : "false");
      td.title = cell?.problem || cell?.doubt || "";
    }

    range() {
      const [r1, c1] = this.anchor;
      const [r2, c2] = this.active;
      return { top: Math.min(r1, r2), bottom: Math.max(r1, r2), left: Math.min(c1, c2), right: Math.max(c1, c2) };
    }

    *inside() {
      const { top, bottom, left, right } = this.range();
      for (let r = top; r <= bottom; r += 1) for (let c = left; c <= right; c += 1) yield [r, c];
    }

    select([r, c], extend, focus = true) {
      for (const place of this.inside()) this.td(place).removeAttribute("aria-selected");
      this.active = [Math.min(Math.max(r, 0), this.rows.length - 1), Math.min(Math.max(c, 0), this.columns.length - 1)];
      if (!extend) this.anchor = this.active;
      this.place(focus);
    }

    // Puts the editor into the active cell: unseen until something is typed.
    place(focus) {
      for (const place of this.inside()) this.td(place).setAttribute("aria-selected", "true");
      const td = this.td(this.active);
      this.moving = true;
      td.append(this.editor);
      this.editor.value = "";
      this.editor.readOnly = !this.cell(this.active);
      if (focus) { this.editor.focus({ preventScroll: true }); td.scrollIntoView({ block: "nearest", inline: "nearest" }); }
      this.moving = false;
      this.setMode("ready");
      this.tell();
    }

    setMode(mode) {
      this.mode = mode;
      this.editor.classList.toggle("shown", mode !== "ready");
      this.offer();
    }

    tell(more = "") {
      const cell = this.cell(this.active);
      const name = `${this.rows[this.active[0]].label} · ${this.columns[this.active[1]]}`;
      const said = cell ? cell.problem || cell.doubt || "" : this.help.notAsked;
      this.editor.setAttribute("aria-label", `${name} ${cell?.value || ""}`);
      this.editor.setAttribute("aria-invalid", cell?.problem ? "true" : "false");
      this.line.textContent = [name, said, more].filter(Boolean).join("　");
      this.line.classList.toggle("bad", Boolean(cell?.problem));
    }

    offer() {
      const rule = this.cell(this.active)?.rule;
      const some = rule?.options ? choices(rule, this.mode === "ready" ? "" : this.editor.value).slice(0, 40) : [];
      this.options.replaceChildren(...some.map(({ label, code }) => {
        const button = make("button", { type: "button", tabindex: "-1" }, label === code ? label : `${code} ${label}`);
        button.addEventListener("mousedown", (event) => { event.preventDefault(); this.setMode("ready"); this.change([[this.active, label]]); this.select(this.active, false); });
        return button;
      }));
    }

    // --- changing -----------------------------------------------------------------------------------------------------
    change(pairs) {
      const done = [];
      pairs.forEach(([place, text]) => {
        const cell = this.cell(place);
        if (!cell || cell.value === text) return;
        const before = cell.value;
        this.model.set(cell.id, text);
        done.push({ id: cell.id, before, after: cell.value });
      });
      if (done.length) { this.past.push(done); this.future = []; }
      return done.length;
    }

    replay(from, to, side) {
      const step = from.pop();
      if (!step) return;
      to.push(step);
      step.filter(({ id }) => this.model.cells.has(id)).forEach((one) => this.model.set(one.id, one[side]));
      const place = this.places.get(step[0].id);
      this.select(place, false);
    }

    edit(text, mode) {
      if (!this.cell(this.active)) return;
      this.editor.value = text;
      this.setMode(mode);
    }

    commit() {
      if (this.mode === "ready") return;
      const text = this.editor.value.trim();
      this.setMode("ready");
      this.editor.value = "";
      this.change([[this.active, text]]);
      this.tell();
    }

    fillDown() {
      const { top, bottom, left, right } = this.range();
      const from = top === bottom ? top - 1 : top;
      if (from < 0) return;
      const pairs = [];
      for (let r = from + 1; r <= bottom; r += 1) for (let c = left; c <= right; c += 1) pairs.push([[r, c], this.value([from, c])]);
      this.change(pairs.filter(([, text]) => text));
      this.tell();
    }

    paste(text) {
      const block = blocks.read(text);
      const { top, bottom, left, right } = this.range();
      const single = block.length === 1 && block[0].length === 1;
      const pairs = [];
      let outside = 0;
      // One copied cell fills the whole selection; blanks (merged cells) leave what is there.
      if (single) for (const place of this.inside()) pairs.push([place, block[0][0]]);
      else block.forEach((row, r) => row.forEach((cell, c) => { if (top + r < this.rows.length && left + c < this.columns.length) pairs.push([[top + r, left + c], cell]); else if (cell) outside += 1; }));
      const given = pairs.filter(([, cell]) => cell);
      const asked = given.filter(([place]) => this.cell(place));
      this.change(asked);
      if (!single) {
        this.select([top, left], false);
        this.active = [Math.min(top + block.length - 1, this.rows.length - 1), Math.min(left + Math.max(...block.map((row) => row.length)) - 1, this.columns.length - 1)];
        this.place(true);
      } else if (top !== bottom || left !== right) this.place(true);
      const wrong = asked.filter(([place]) => this.cell(place)?.problem).length;
      const skipped = given.length - asked.length + outside;
      this.tell(this.help.pasted.replace("{n}", asked.length) + (skipped ? this.help.skipped.replace("{n}", skipped) : "") + (wrong ? this.help.wrong.replace("{n}", wrong) : ""));
    }

    copied() {
      const { top, bottom, left, right } = this.range();
      const rows = [];
      for (let r = top; r <= bottom; r += 1) rows.push(Array.from({ length: right - left + 1 }, (_, c) => this.value([r, left + c])));
      return blocks.write(rows);
    }

    // --- keys and mouse -----------------------------------------------------------------------------------------------
    listen() {
      const { editor } = this;
      editor.addEventListener("keydown", (event) => this.key(event));
      editor.addEventListener("input", () => { if (this.mode === "ready" && !editor.readOnly) this.setMode("enter"); else this.offer(); });
      editor.addEventListener("blur", () => { if (!this.moving) this.commit(); });
      editor.addEventListener("copy", (event) => { if (this.mode === "ready") { event.clipboardData.setData("text/plain", this.copied()); event.preventDefault(); } });
      editor.addEventListener("cut", (event) => { if (this.mode === "ready") { event.clipboardData.setData("text/plain", this.copied()); event.preventDefault(); this.empty(); } });
      editor.addEventListener("paste", (event) => { if (this.mode === "ready") { event.preventDefault(); this.paste(event.clipboardData.getData("text/plain")); } });
      this.body.addEventListener("mousedown", (event) => this.press(event));
      this.body.addEventListener("mouseover", (event) => { if (event.buttons === 1 && this.dragging) { const place = this.at(event); if (place) this.select(place, true); } });
      this.body.addEventListener("dblclick", () => this.edit(this.value(this.active), "edit"));
      document.addEventListener("mouseup", () => { this.dragging = false; });
      this.model.listen((id) => this.paint(id));
    }

    at(event) {
      const td = event.target.closest("td");
      return td && td.dataset.r ? [Number(td.dataset.r), Number(td.dataset.c)] : null;
    }

    press(event) {
      const place = this.at(event);
      if (!place || (this.mode !== "ready" && event.target === this.editor)) return;
      event.preventDefault();
      this.commit();
      this.dragging = true;
      this.select(place, event.shiftKey);
    }

    empty() {
      this.change([...this.inside()].map((place) => [place, ""]));
      this.tell();
    }

    move(rows, columns, extend = false) {
      this.commit();
      this.select([this.active[0] + rows, this.active[1] + columns], extend);
    }

    // Tab leaves the table at its end, so that the keyboard is never caught.
    tab(event) {
      const [r, c] = this.active;
      const next = c + (event.shiftKey ? -1 : 1);
      if (next >= 0 && next < this.columns.length) { event.preventDefault(); this.move(0, next - c); return; }
      const row = r + (event.shiftKey ? -1 : 1);
      this.commit();
      if (row < 0 || row >= this.rows.length) return;
      event.preventDefault();
      this.select([row, event.shiftKey ? this.columns.length - 1 : 0], false);
    }

    key(event) {
      if (event.isComposing) return;
      const control = event.ctrlKey || event.metaKey;
      if (control && this.mode === "ready" && this.shortcut(event)) { event.preventDefault(); return; }
      const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
      const { key } = event;
      if (key === "Enter") { event.preventDefault(); this.move(event.shiftKey ? -1 : 1, 0); }
      else if (key === "Tab") this.tab(event);
      else if (key === "Escape") { if (this.mode !== "ready") { event.preventDefault(); this.editor.value = ""; this.setMode("ready"); this.tell(); } }
      else if (steps[key] && this.mode !== "edit" && !control) { event.preventDefault(); this.move(...steps[key], event.shiftKey && this.mode === "ready"); }
      else if (this.mode === "ready") this.plainKey(event);
    }

    plainKey(event) {
      const far = { Home: [this.active[0], 0], End: [this.active[0], this.columns.length - 1], PageUp: [this.active[0] - 15, this.active[1]], PageDown: [this.active[0] + 15, this.active[1]] };
      if (event.key === "F2") this.edit(this.value(this.active), "edit");
      else if (event.key === "Delete" || event.key === "Backspace") this.empty();
      else if (far[event.key]) this.select(far[event.key], event.shiftKey);
      else return;
      event.preventDefault();
    }

    shortcut({ key, shiftKey }) {
      const lower = key.toLowerCase();
      if (lower === "d") this.fillDown();
      else if (lower === "z" && !shiftKey) this.replay(this.past, this.future, "before");
      else if (lower === "y" || (lower === "z" && shiftKey)) this.replay(this.future, this.past, "after");
      else if (lower === "a") { this.anchor = [0, 0]; this.select([this.rows.length - 1, this.columns.length - 1], true); }
      else if (key === "Home") this.select([0, 0], shiftKey);
      else if (key === "End") this.select([this.rows.length - 1, this.columns.length - 1], shiftKey);
      else return false;
      return true;
    }
  }

  window.yici = { ...window.yici, Grid };
})();
