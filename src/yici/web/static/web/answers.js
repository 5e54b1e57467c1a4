// Answers are kept on the device until they were taken: a submission has one id, is sent again after a broken
// connection under that same id, and is forgotten once answered or when the person signs out.
"use strict";

(() => {
  const form = document.getElementById("answers");
  const clear = () => Object.keys(localStorage).filter((name) => name.startsWith("yici-answers-"))
    .forEach((name) => localStorage.removeItem(name));
  document.addEventListener("submit", (event) => { if (event.target.matches('[action$="/signout"]')) clear(); });
  if (!form) return;

  const place = `yici-answers-${form.dataset.user}`;
  // Somebody else's answers must not stay on a shared device.
  Object.keys(localStorage).filter((name) => name.startsWith("yici-answers-") && name !== place)
    .forEach((name) => localStorage.removeItem(name));
  const load = () => { try { return JSON.parse(localStorage.getItem(place)) || {}; } catch { return {}; } };
  const keep = (state) => localStorage.setItem(place, JSON.stringify(state));
  const fields = () => [...form.querySelectorAll("[data-question]")];
  const input = (box) => box.querySelector("input, select");
  const say = (words) => { const line = document.getElementById("sending"); line.textContent = words; line.hidden = !words; };
  let busy = false;

  const typed = () => Object.fromEntries(fields().map((box) => [box.dataset.question, input(box).value.trim()])
    .filter(([, value]) => value));

  const restore = () => {
    const { draft = {}, waiting } = load();
    fields().forEach((box) => { if (draft[box.dataset.question]) input(box).value = draft[box.dataset.question]; });
    if (waiting) send();
  };

  const show = (box, problem) => {
    box.querySelectorAll(".error-text").forEach((old) => old.remove());
    input(box).setAttribute("aria-invalid", problem ? "true" : "false");
    if (!problem) return;
    const words = document.createElement("p");
    words.className = "error-text";
    words.textContent = `${problem.message} ${problem.hint}`;
    box.append(words);
  };

  const taken = (waiting, outcome) => {
    const state = load();
    delete state.waiting;
    waiting.questions.forEach((id, index) => {
      const box = form.querySelector(`[data-question="${id}"]`);
      const problem = outcome.problems[index];
      if (!problem && state.draft) delete state.draft[id];
      if (!box) return;
      if (problem) show(box, problem); else box.remove();
    });
    form.querySelectorAll("fieldset").forEach((group) => { if (!group.querySelector("[data-question]")) group.remove(); });
    if (Object.keys(state.draft || {}).length) keep(state); else localStorage.removeItem(place);
    say(form.dataset.sent);
    const first = form.querySelector('[aria-invalid="true"]');
    if (first) first.focus();
  };

  const refused = (outcome) => {
    // The draft stays; the next try is a submission of its own.
    const state = load();
    delete state.waiting;
    keep(state);
    say((outcome.problems || []).map((problem) => `${problem.message} ${problem.hint}`).join(" "));
  };

  const send = async () => {
    const { waiting } = load();
    if (!waiting || busy) return;
    busy = true;
    try {
      const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
      const answer = await fetch(form.action, {
        method: "POST", redirect: "error", headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ submission: waiting.submission, answers: waiting.answers }),
      });
      if (answer.status >= 500 || answer.status === 429) throw new Error("server");
      const outcome = await answer.json();
      if (answer.ok) taken(waiting, outcome); else refused(outcome);
    } catch {
      say(form.dataset.kept);
    } finally {
      busy = false;
    }
  };

  form.addEventListener("input", () => keep({ ...load(), draft: typed() }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const filled = fields().filter((box) => input(box).value.trim());
    if (!filled.length || load().waiting) { send(); return; }
    const answers = filled.map((box) => {
      const { element, subject, filling, sheet, label } = box.dataset;
      const own = element ? {} : { sheet, label };
      return { value: input(box).value.trim(), element, key: subject, filling: Number(filling), ...own };
    });
    const submission = crypto.randomUUID ? crypto.randomUUID() : form.querySelector("[name=submission]").value;
    keep({ draft: typed(), waiting: { submission, answers, questions: filled.map((box) => box.dataset.question) } });
    send();
  });
  window.addEventListener("online", send);
  window.setInterval(send, 5000);
  restore();
})();
