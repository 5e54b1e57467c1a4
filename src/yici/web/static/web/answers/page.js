// The page of questions: one model of what was typed, shown as cards and as a table; what is wrong stays, is marked and
// explained, and is not sent; the rest is sent.
"use strict";

(() => {
  const form = document.getElementById("answers");
  if (!form) return;
  const { Store, Queue, check, words } = window.yici;
  const texts = form.dataset;
  const rules = JSON.parse(document.getElementById("rules").textContent);
  const store = new Store(texts.account, texts.key);
  const cells = new Map();
  const listeners = [];
  // The questions of all pages: what was typed on another page is kept as long as it is asked there.
  // They come page by page; a star marks a page on which something is still to be answered.
  const pagesOf = (told) => told.split("|").map((page) => ({ open: page.startsWith("*"), ids: page.match(/[^*]{8}/g) || [] }));
  let pages = pagesOf(texts.places);
  const places = new Set(pages.flatMap(({ ids }) => ids));
  const state = { draft: {}, waiting: [] };
  let queue = null;
  let asking = false;

  const input = (cell) => cell.box.querySelector("input, select");
  const say = (text) => { const line = document.getElementById("sending"); line.textContent = text; line.hidden = !text; };
  const fill = (text, values) => Object.entries(values).reduce((all, [name, value]) => all.replace(`{${name}}`, value), text);

  const cellOf = (box) => {
    const { question, element, subject, filling, sheet, label, who, row, words: column, value } = box.dataset;
    return { id: question, box, element, subject, filling: Number(filling), sheet, label, who, row, column,
      rule: rules[element], told: "told" in box.dataset, before: value || "", value: value || "", problem: "", doubt: "" };
  };

  // --- what was typed -------------------------------------------------------------------------------------------------
  const idNumberBeside = (cell) => {
    const beside = [...cells.values()].find((one) => one.subject === cell.subject && one.element === "person.id_number");
    return beside ? beside.value : "";
  };

  const save = () => store.save(() => state);

  const show = (cell) => {
    const field = input(cell);
    const { box, id, problem, doubt } = cell;
    box.querySelectorAll(".error-text, .doubt-text").forEach((old) => old.remove());
    field.setAttribute("aria-invalid", problem ? "true" : "false");
    field.setAttribute("aria-describedby", problem || doubt ? `w-${id} e-${id}` : `w-${id}`);
    if (!problem && !doubt) return;
    const line = document.createElement("p");
    line.id = `e-${id}`;
    line.className = problem ? "error-text" : "doubt-text";
    line.textContent = problem || doubt;
    box.append(line);
  };

  const put = (field, value) => {
    if (field.tagName === "SELECT" && value && ![...field.options].some((option) => option.value === value)) {
      field.add(new Option(value, value));
    }
    if (field.value !== value) field.value = value;
  };

  // `settled`: the typing is over, so what is wrong is told; while somebody types, only what has come right is taken away.
  const set = (id, text, { settled = true, quiet = false } = {}) => {
    const cell = cells.get(id);
    const found = check(cell.rule, text, idNumberBeside(cell));
    const wrong = found.wrong ? words(cell.rule, found) : "";
    cell.value = settled ? found.value : text;
    cell.typing = !settled;
    if (settled || !wrong) cell.problem = wrong;
    cell.doubt = settled && found.doubt ? words(cell.rule, found) : "";
    if (settled) put(input(cell), cell.value);
    show(cell);
    if (cell.value.trim() && cell.value.trim() !== cell.before) state.draft[id] = cell.value.trim(); else delete state.draft[id];
    if (settled && !quiet && cell.problem) document.getElementById("said").textContent = `${cell.who || cell.row} ${cell.column}：${cell.problem}`;
    if (settled && cell.follows && !cell.problem && isNew(cell)) { cell.follows = false; enqueue([cell]).then(() => queue.send()); }
    else if (!quiet) save();
    listeners.forEach((listener) => listener(id));
    // The ID number was typed: what it says about the others is looked at again.
    if (settled && cell.element === "person.id_number") {
      [...cells.values()].filter((one) => one.subject === cell.subject && one.rule?.against_id && one.value).forEach((one) => set(one.id, one.value, { quiet: true }));
    }
  };

  // --- sending --------------------------------------------------------------------------------------------------------
  const answerOf = (cell) => {
    const own = cell.element ? { element: cell.element } : { sheet: cell.sheet, label: cell.label };
    return { value: cell.value.trim(), key: cell.subject, filling: cell.filling, ...own };
  };

  const isNew = (cell) => {
    const value = cell.value.trim();
    return value && value !== cell.before && value !== queue.onTheWay(cell.id);
  };

  const enqueue = (some) => {
    queue.add(some.map((cell) => ({ id: cell.id, answer: answerOf(cell) })));
    return save();
  };

  const remove = (cell) => {
    const group = cell.box.closest("fieldset");
    cell.box.remove();
    cells.delete(cell.id);
    if (group && !group.querySelector("[data-question]")) group.remove();
    listeners.forEach((listener) => listener(cell.id));
  };

  const taken = ({ ids, answers }, outcome) => {
    const again = [];
    const gone = ids.map((id, place) => !cells.has(id) && outcome.problems[place]).filter(Boolean);
    ids.forEach((id, place) => {
      const cell = cells.get(id);
      const problem = outcome.problems[place];
      const sent = answers[place].value;
      const same = cell && cell.value.trim() === sent;
      if (!cell || same) { if (!problem) delete state.draft[id]; }
      if (!cell) return;
      if (problem && same) { cell.problem = `${problem.message} ${problem.hint}`; show(cell); listeners.forEach((listener) => listener(id)); return; }
      if (problem) return;
      cell.before = sent;
      // It was edited while its answer was on the way: the newer value follows, when it is typed to its end.
      if (!same) {
        cell.follows = cell.typing;
        if (!cell.typing && !cell.problem && isNew(cell)) again.push(cell);
        return;
      }
      if (cell.told) { cell.box.querySelector("small").textContent = texts.corrected; listeners.forEach((listener) => listener(id)); } else remove(cell);
    });
    if (again.length) enqueue(again); else save();
    const left = [...cells.values()].filter((cell) => cell.problem);
    // What was refused and stands on the page no more must be told all the same.
    say(gone.length ? gone.map(({ message, hint }) => `${message} ${hint}`).join(" ") : left.length ? fill(texts.partly, { n: left.length }) : texts.sent);
    showAside();
    showElsewhere(true);
    form.dispatchEvent(new Event("answers:taken"));
    if (gone.length || !turnWhenDone()) lookAgain();
  };

  // What the server could not take: how much, and what to do.
  const showAside = () => {
    const line = document.getElementById("aside");
    line.hidden = !queue.aside.length;
    line.querySelector("span").textContent = fill(texts.aside, { n: new Set(queue.aside.flatMap(({ ids }) => ids)).size });
  };

  const linkTo = (id, text) => {
    const link = document.createElement("a");
    // By the question, not by the number of its page: pages become fewer as answers come.
    link.href = `${texts.at}${encodeURIComponent(id)}`;
    link.textContent = text;
    link.addEventListener("click", (event) => { event.preventDefault(); turn(link.href); });
    return link;
  };

  // The page after this one (else before it) on which something is still to be answered; its first question.
  const nextOpen = () => {
    const here = pages.findIndex(({ ids }) => [...cells.keys()].some((id) => ids.includes(id.slice(0, 8))));
    const [next] = [...pages.slice(here + 1), ...pages.slice(0, Math.max(here, 0))].filter(({ open }) => open);
    return next && next.ids[0];
  };

  // What was typed on other pages and is not on its way yet, and on which; after sending also where to go on.
  const showElsewhere = (sent = false) => {
    const left = Object.keys(state.draft).filter((id) => !cells.has(id) && places.has(id.slice(0, 8)) && queue.onTheWay(id) === undefined);
    const line = document.getElementById("elsewhere");
    const parts = left.length ? [fill(texts.elsewhere, { n: left.length })] : [];
    pages.forEach(({ ids }, place) => {
      const some = left.filter((id) => ids.includes(id.slice(0, 8)));
      if (some.length) parts.push(linkTo(some[0].slice(0, 8), fill(texts.onPage, { page: place + 1, n: some.length })));
    });
    const next = sent && nextOpen();
    if (next) parts.push(linkTo(next, texts.nextOpen));
    line.hidden = !parts.length;
    line.replaceChildren(...parts.flatMap((part) => [part, " "]));
  };

  // Households answered to the end have moved behind the others: on which pages the rest is now, the server knows.
  const lookAgain = async () => {
    if (pages.length < 2) return;
    try {
      const answer = await fetch(texts.here, { redirect: "manual" });
      const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("answers");
      if (fresh) pages = pagesOf(fresh.dataset.places);
    } catch { /* The connection broke: the pages known before are shown, whose links go by the question. */ }
    showElsewhere(true);
  };

  // The page is turned when what was typed on it is kept. Whatever the turning: a link, or the last answer of a page.
  const turn = (where) => store.working.then(() => { window.location.assign(where); });
  const turnWhenDone = () => {
    const open = [...cells.values()].some((cell) => !cell.told || cell.problem || isNew(cell));
    const done = Number(texts.pages) > 1 && asking && !open && !queue.waiting.length;
    if (done) save().then(() => turn(texts.here));
    return done;
  };

  const aside = () => { save(); say(""); showAside(); };

  const refused = (_, outcome) => {
    save();
    say((outcome.problems || []).map((problem) => `${problem.message} ${problem.hint}`).join(" "));
  };

  const signin = () => {
    say(texts.signin);
    const link = document.createElement("a");
    link.href = `${texts.where}?next=${encodeURIComponent(texts.here)}`;
    link.textContent = texts.signinLink;
    document.getElementById("sending").append(" ", link);
  };

  const submit = async (event) => {
    event.preventDefault();
    [...cells.values()].filter((cell) => cell.value.trim() && cell.value.trim() !== cell.before).forEach((cell) => set(cell.id, cell.value, { quiet: true }));
    const ready = [...cells.values()].filter((cell) => !cell.problem && isNew(cell));
    const wrong = [...cells.values()].filter((cell) => cell.problem);
    if (ready.length) await enqueue(ready);
    showAside();
    if (wrong.length) {
      say(fill(texts.partly, { n: wrong.length }));
      const [first] = wrong;
      if (form.dataset.view === "grid") form.dispatchEvent(new CustomEvent("answers:look", { detail: first.id })); else input(first).focus();
    }
    if (!ready.length && !wrong.length && !queue.waiting.length) say(texts.nothing);
    if (queue.aside.length) await queue.again(); else queue.send();
  };

  // Handing in closes the form: what is typed or on its way and not sent would come too late.
  const handIn = (event) => {
    const unsent = new Set([...Object.keys(state.draft), ...queue.waiting.flatMap(({ ids }) => ids)]).size;
    if (unsent && !window.confirm(fill(texts.unsent, { n: unsent }))) event.preventDefault();
  };

  // --- beginning ------------------------------------------------------------------------------------------------------
  const begin = async () => {
    form.querySelectorAll("[data-question]").forEach((box) => cells.set(box.dataset.question, cellOf(box)));
    asking = [...cells.values()].some((cell) => !cell.told);
    store.unkept = () => say(texts.unkept);
    const kept = await store.load();
    Object.assign(state, { draft: kept.draft || {}, waiting: kept.waiting || [] });
    queue = new Queue(form, state.waiting, { taken, refused, signin, other: () => say(texts.other), broken: () => say(texts.kept),
      busy: () => { save(); say(texts.busy); }, aside });
    document.getElementById("aside").querySelector("button").addEventListener("click", () => queue.again());
    Object.entries(state.draft).forEach(([id, value]) => {
      // What another answer has settled meanwhile is asked no more.
      if (cells.has(id)) set(id, value, { quiet: true }); else if (!places.has(id.slice(0, 8)) && queue.onTheWay(id) === undefined) delete state.draft[id];
    });
    form.querySelectorAll("[data-question]").forEach((box) => {
      const id = box.dataset.question;
      const field = input(cells.get(id));
      field.addEventListener("input", () => set(id, field.value, { settled: field.tagName === "SELECT" }));
      field.addEventListener("change", () => set(id, field.value));
    });
    form.addEventListener("submit", submit);
    document.querySelectorAll("[data-turning] a").forEach((link) => link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      turn(link.href);
    }));
    document.querySelectorAll("form[data-hand-in]").forEach((one) => one.addEventListener("submit", handIn));
    window.addEventListener("online", () => queue.send());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) queue.send(); });
    window.setInterval(() => queue.send(), 5000);
    window.yici.answers = { form, cells, set, rules, listen: (listener) => listeners.push(listener), waiting: () => state.waiting.length, kept: () => store.working };
    form.dispatchEvent(new Event("answers:ready"));
    form.dataset.ready = "yes";
    showAside();
    showElsewhere();
    queue.send();
  };
  begin();
})();
