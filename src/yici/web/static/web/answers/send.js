// Submissions wait in a row and are sent one after the other, each under the id it was given on the device: a broken
// connection, a server that is down or an expired sign-in loses nothing and doubles nothing. What the server cannot take
// time and again is set aside, so that the rest goes on; it stays on the device, and is tried again now and then.
"use strict";

(() => {
  const MOST_TRIES = 4;
  const FIRST_PAUSE = 4000;
  const LONGEST_PAUSE = 5 * 60 * 1000;
  const newId = () => (crypto.randomUUID ? crypto.randomUUID()
    : Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(""));

  class Queue {
    // `waiting` is the row as it was kept; `on` is told what becomes of each: taken, refused, signin, other,
    // broken (no connection), busy (the server could not take it: tried again later), aside (nor after many tries).
    constructor(form, waiting, on) {
      Object.assign(this, { form, waiting, on, busy: false });
      this.token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    }

    add(parts) {
      const pieces = parts.map(({ id, answer }) => ({ id, answer }));
      this.forget(parts.map(({ id }) => id));
      while (pieces.length) {
        const some = pieces.splice(0, 500);
        this.waiting.push({ submission: newId(), ids: some.map(({ id }) => id), answers: some.map(({ answer }) => answer) });
      }
    }

    get aside() { return this.waiting.filter((one) => one.aside); }

    // A newer answer to the same question follows, or was taken already: the older one set aside must not come after it.
    forget(ids) {
      this.aside.forEach((one) => {
        const kept = one.ids.map((id, place) => place).filter((place) => !ids.includes(one.ids[place]));
        if (kept.length === one.ids.length) return;
        // Less is another submission.
        Object.assign(one, { submission: newId(), ids: kept.map((place) => one.ids[place]), answers: kept.map((place) => one.answers[place]) });
        if (!kept.length) this.waiting.splice(this.waiting.indexOf(one), 1);
      });
    }

    setAside(first) {
      Object.assign(first, { aside: true, after: Date.now() + LONGEST_PAUSE });
      this.forget(this.waiting.filter((one) => !one.aside).flatMap(({ ids }) => ids));
    }

    // Set aside before: once more, before anything else.
    again() {
      this.aside.forEach((one) => Object.assign(one, { aside: false, tries: 0, after: 0 }));
      return this.send();
    }

    // The next to send: the first of the row, when its pause is over; with nothing else left, one set aside long ago.
    next() {
      const first = this.waiting.find((one) => !one.aside);
      if (first) return (first.after || 0) > Date.now() ? undefined : first;
      const parked = this.aside.find((one) => (one.after || 0) <= Date.now());
      return parked && Object.assign(parked, { aside: false, tries: MOST_TRIES - 1 });
    }

    // The newest value on its way for a question; undefined when there is none.
    onTheWay(id) {
      for (const { ids, answers } of [...this.waiting].reverse()) {
        if (ids.includes(id)) return answers[ids.indexOf(id)].value;
      }
      return undefined;
    }

    async send() {
      if (this.busy || !this.waiting.length) return;
      this.busy = true;
      try {
        for (;;) {
          const first = this.next();
          if (!first) break;
          const { kind, outcome, pause } = await this.post(first, true);
          if (kind === "taken" || kind === "refused") this.waiting.splice(this.waiting.indexOf(first), 1);
          const last = kind === "busy" && this.wait(first, pause);
          if (last) this.setAside(first);
          this.on[last ? "aside" : kind](first, outcome);
          if (kind !== "taken" && !last) break;
        }
      } finally {
        this.busy = false;
      }
    }

    // A longer pause after each try; whether it was the last. Asking too often is no fault of what was sent.
    wait(first, pause) {
      if (!pause) first.tries = (first.tries || 0) + 1;
      first.after = Date.now() + Math.min(LONGEST_PAUSE, pause || FIRST_PAUSE * 2 ** (first.tries - 1));
      return !pause && first.tries >= MOST_TRIES;
    }

    async post({ submission, answers }, again) {
      try {
        const answer = await fetch(this.form.action, {
          method: "POST", redirect: "manual",
          headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
          body: JSON.stringify({ submission, account: this.form.dataset.account, answers }),
        });
        if (answer.type === "opaqueredirect" || answer.status === 401) return { kind: "signin" };
        // Asked too often, or the server is being restarted: no fault of what was sent.
        if (answer.status === 429 || answer.status === 503) return { kind: "busy", pause: 1000 * (Number(answer.headers.get("Retry-After")) || 30) };
        if (answer.status >= 500) return { kind: "busy" };
        const outcome = await answer.json().catch(() => null);
        if (answer.status === 403 && !outcome) return again ? await this.renew({ submission, answers }) : { kind: "signin" };
        // A page instead of an outcome: of a network that wants a sign-in of its own, or of what stands before the server.
        if (!outcome) return { kind: answer.ok ? "broken" : "busy" };
        if ((outcome.problems || [])[0]?.code === "other-account") return { kind: "other" };
        return { kind: answer.ok ? "taken" : "refused", outcome };
      } catch {
        return { kind: "broken" };
      }
    }

    // The page's token is of an earlier sign-in: the page tells the present one, and whose it is.
    async renew(waiting) {
      const page = await fetch(window.location.pathname, { redirect: "manual" });
      if (page.type === "opaqueredirect" || !page.ok) return { kind: "signin" };
      const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
      const signout = fresh.querySelector('form[action$="/signout"]');
      if (!signout || signout.dataset.account !== this.form.dataset.account) return { kind: "other" };
      this.token = signout.querySelector("[name=csrfmiddlewaretoken]").value;
      return this.post(waiting, false);
    }
  }

  window.yici = { ...window.yici, Queue };
})();
