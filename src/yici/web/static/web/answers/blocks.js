// A block of cells as office programs put it on the clipboard: tabs between cells, one line a row, cells with line breaks
// or quotation marks in quotation marks.
"use strict";

(() => {
  const read = (text) => {
    const rows = [[]];
    let cell = "";
    let quoted = false;
    let begun = false;
    const end = () => { rows[rows.length - 1].push(cell); cell = ""; begun = false; };
    const clean = text.replace(/\r\n?/g, "\n");
    for (let place = 0; place < clean.length; place += 1) {
      const sign = clean[place];
      if (quoted) {
        if (sign !== '"') cell += sign;
        else if (clean[place + 1] === '"') { cell += '"'; place += 1; }
        else quoted = false;
      } else if (sign === '"' && !begun) { quoted = true; begun = true; }
      else if (sign === "\t") end();
      else if (sign === "\n") { end(); rows.push([]); }
      else { cell += sign; begun = true; }
    }
    end();
    // The last line break ends a row, it begins none.
    if (rows.length > 1 && rows[rows.length - 1].length === 1 && !rows[rows.length - 1][0]) rows.pop();
    return rows.map((row) => row.map((one) => one.replace(/\s*\n\s*/g, " ").trim()));
  };

  const written = (cell) => (/["\t\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);
  const write = (rows) => rows.map((row) => row.map(written).join("\t")).join("\r\n");

  window.yici = { ...window.yici, blocks: { read, write } };
})();
