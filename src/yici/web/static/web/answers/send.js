// Submissions wait in a row and are sent one after the other, each under the id it was given on the device: a broken
// connection, a server that is down or an expired sign-in loses nothing and doubles nothing.
"use strict";

(() => {
  const newId = () => (crypto.randomUUID ? crypto.randomUUID()
    : Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(""));

  class Queue {
    // `waiting` is the row as it was kept; `on` is told what becomes of each: taken, refused, signin, other, broken.
    constructor(form, waiting, on) {
      Object.assign(this, { form, waiting, on, busy: false });
      this.token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    }

    add(parts) {
      const pieces = parts.map(({ id, answer }) => ({ id, answer }));
      while (pieces.length) {
        const some = pieces.splice(0, 500);
        this.waiting.push({ submission: newId(), ids: some.map(({ id }) => id), answers: some.map(({ answer }) => answer) });
      }
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
        while (this.waiting.length) {
          const [first] = this.waiting;
          const { kind, outcome } = await this.post(first, true);
          if (kind === "taken" || kind === "refused") this.waiting.shift();
          this.on[kind](first, outcome);
          if (kind !== "taken") break;
        }
      } finally {
        this.busy = false;
      }
    }

    async post({ submission, answers }, again) {
      try {
        const answer = await fetch(this.form.action, {
          method: "POST", redirect: "manual",
          headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
          body: JSON.stringify({ submission, account: this.form.dataset.account, answers }),
        });
        if (answer.type === "opaqueredirect" || answer.status === 401) return { kind: "signin" };
        if (answer.status >= 500 || answer.status === 429) return { kind: "broken" };
        const outcome = await answer.json().catch(() => null);
        if (answer.status === 403 && !outcome) return again ? await this.renew({ submission, answers }) : { kind: "signin" };
        if (!outcome) return { kind: "broken" };
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
