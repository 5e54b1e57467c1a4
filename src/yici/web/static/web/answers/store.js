// What was typed and is not taken yet stays on the device, by account. It is encrypted with a key that the server gives
// only to the signed-in account, so that on a shared computer nobody else reads it, and it is removed at signing out
// (yici.js); what others left is removed after two weeks. Pages of one account that are open side by side add to what
// is kept and take away only their own. A page without a secure connection has no encryption: then it stays in this tab alone.
"use strict";

(() => {
  const PREFIX = "yici-answers-";
  const MOST_AGE = 14 * 24 * 3600 * 1000;
  const bytes = (hex) => Uint8Array.from(hex.match(/../g).map((pair) => parseInt(pair, 16)));
  const toText = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
  const toBytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

  class Store {
    constructor(account, key) {
      this.place = PREFIX + account;
      this.safe = Boolean(window.isSecureContext && window.crypto && crypto.subtle && key);
      this.shelf = this.safe ? localStorage : sessionStorage;
      this.key = this.safe ? crypto.subtle.importKey("raw", bytes(key), "AES-GCM", false, ["encrypt", "decrypt"]) : null;
      this.working = Promise.resolve();
      // What this page had when it last read or wrote: what else is kept is of another page.
      this.base = { draft: {}, waiting: [] };
      this.unkept = () => {};
      this.forgetOld();
    }

    forgetOld() {
      Object.keys(localStorage).filter((name) => name.startsWith(PREFIX) && name !== this.place).forEach((name) => {
        let at = 0;
        try { at = JSON.parse(localStorage.getItem(name)).at || 0; } catch { /* unreadable: old */ }
        if (Date.now() - at > MOST_AGE) localStorage.removeItem(name);
      });
    }

    async load() {
      const kept = await this.read();
      this.remember(kept);
      return kept;
    }

    remember({ draft = {}, waiting = [] }) {
      this.base = { draft: { ...draft }, waiting: waiting.map(({ submission }) => submission) };
    }

    async read() {
      try {
        const kept = JSON.parse(this.shelf.getItem(this.place));
        if (!kept) return {};
        if (!this.safe) return kept.state || {};
        const clear = await crypto.subtle.decrypt({ name: "AES-GCM", iv: toBytes(kept.iv) }, await this.key, toBytes(kept.text));
        return JSON.parse(new TextDecoder().decode(clear));
      } catch {
        return {};
      }
    }

    // One writing after the other, each with the state as it is then: the last word always stands.
    save(read) {
      const alone = (act) => (navigator.locks ? navigator.locks.request(this.place, act) : act());
      this.working = this.working.then(() => alone(() => this.merge(read()))).catch(() => this.unkept());
      return this.working;
    }

    async merge(mine) {
      const { draft = {}, waiting = [] } = await this.read();
      Object.keys(this.base.draft).filter((id) => !(id in mine.draft)).forEach((id) => delete draft[id]);
      Object.entries(mine.draft).forEach(([id, value]) => { if (this.base.draft[id] !== value) draft[id] = value; });
      const own = mine.waiting.map(({ submission }) => submission);
      const others = waiting.filter(({ submission }) => own.includes(submission) || !this.base.waiting.includes(submission))
        .map((one) => mine.waiting.find(({ submission }) => submission === one.submission) || one);
      const added = mine.waiting.filter(({ submission }) => !this.base.waiting.includes(submission)
        && !others.some((one) => one.submission === submission));
      const all = [...others, ...added];
      const left = Object.keys(draft).length || all.length;
      const now = { draft: { ...mine.draft }, waiting: [...mine.waiting] };
      await this.write(left ? { draft, waiting: all } : null);
      this.remember(now);
    }

    async write(state) {
      if (!state) { this.shelf.removeItem(this.place); return; }
      const kept = { at: Date.now() };
      if (this.safe) {
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const clear = new TextEncoder().encode(JSON.stringify(state));
        kept.iv = toText(iv);
        kept.text = toText(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await this.key, clear));
      } else {
        kept.state = state;
      }
      this.shelf.setItem(this.place, JSON.stringify(kept));
    }
  }

  window.yici = { ...window.yici, Store };
})();
