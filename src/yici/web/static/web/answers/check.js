// Checks while somebody types, by the rules of the elements (core/values/rules.py). It says "wrong" only where the
// server surely refuses; whatever it lets through, the server decides.
"use strict";

(() => {
  const half = (text) => text.replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/\u3000/g, " ");
  const squash = (text) => half(text).replace(/\s+/g, "");
  const fine = (value) => ({ value, wrong: "", doubt: "" });
  const wrong = (value, code) => ({ value, wrong: code, doubt: "" });

  const isDay = (year, month, day, [first, last]) => {
    const [y, m, d] = [Number(year), Number(month || 1), Number(day || 1)];
    const made = new Date(Date.UTC(y, m - 1, d));
    return y >= first && y <= last && made.getUTCMonth() === m - 1 && made.getUTCDate() === d;
  };

  const idNumber = (rule, text) => {
    const code = squash(text).toUpperCase().replace(/[-']/g, "");
    if (code.includes("*")) return wrong(text, "masked");
    if (!/\d/.test(code)) return wrong(text, "id_characters");
    if (!/^\d+X?$/.test(code) || code.length === 15) return fine(text);
    if (code.length !== 18) return wrong(text, "id_length");
    if (!isDay(code.slice(6, 10), code.slice(10, 12), code.slice(12, 14), rule.years)) return wrong(text, "id_date");
    const sum = rule.weights.reduce((total, weight, place) => total + weight * Number(code[place]), 0);
    return rule.checks[sum % 11] === code[17] ? fine(code) : wrong(text, "id_check_digit");
  };

  const creditCode = (rule, text) => {
    const code = squash(text).toUpperCase().replace(/-/g, "");
    if (code.includes("*")) return wrong(text, "masked");
    if (/^(\d{13}|\d{15})$/.test(code)) return wrong(text, "uscc_old_number");
    if (/^[0-9A-Z]+$/.test(code) && code.length !== 18) return wrong(text, "uscc_length");
    if (code.length !== 18 || [...code].some((sign) => !rule.alphabet.includes(sign))) return fine(text);
    const sum = rule.weights.reduce((total, weight, place) => total + weight * rule.alphabet.indexOf(code[place]), 0);
    const holds = rule.alphabet[(31 - (sum % 31)) % 31] === code[17];
    return { value: code, wrong: "", doubt: holds ? "" : "uscc_check_digit" };
  };

  const phone = (rule, text) => {
    const number = half(text).trim();
    if (number.includes("*")) return wrong(text, "masked");
    if (!/\d/.test(number)) return wrong(text, "phone_characters");
    const digits = number.replace(/-/g, "");
    // Country codes, extensions and several numbers in one cell are read by the server.
    if (!/^[\d-]+$/.test(number) || /^(00)?86/.test(digits) || (digits[0] === "0" && digits.length > 12)) return fine(text);
    return rule.patterns.some((pattern) => new RegExp(pattern).test(digits)) ? fine(text) : wrong(text, "phone_length");
  };

  const day = (rule, text) => {
    const typed = half(text).trim();
    if (!/\d/.test(typed)) return /[〇○零◯一二三四五六七八九十壹贰叁肆伍陆柒捌玖]/.test(typed) ? fine(text) : wrong(text, "not_a_date");
    const found = /^(\d{4})$/.exec(typed) || /^(\d{4})(\d\d)(\d\d)$/.exec(typed)
      || /^(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?$/.exec(typed);
    if (!found || found[3] === "00" || typed === "0000") return fine(text);
    const [, year, month, date] = found;
    if (!isDay(year, month, date, rule.years)) return wrong(text, "date_impossible");
    const iso = [year, month, date].filter(Boolean).map((part) => part.padStart(2, "0")).join("-");
    const ahead = rule.latest_day && iso > rule.latest_day.slice(0, iso.length);
    return ahead ? wrong(text, "date_ahead") : fine(text);
  };

  const number = (rule, text) => {
    const typed = squash(text);
    if (!/\d/.test(typed)) return wrong(text, "not_a_number");
    if (rule.type === "decimal") return fine(text);
    if (/^-\d+$/.test(typed) && /[1-9]/.test(typed)) return wrong(text, "negative");
    return /^\+?\d+\.\d*[1-9]\d*$/.test(typed) ? wrong(text, "not_an_integer") : fine(text);
  };

  const personName = (rule, text) => {
    if (/[()（）[\]【】〔〕]/.test(text)) return fine(text);
    if (text.includes("*")) return wrong(text, "masked");
    return /[0-9]/.test(half(text)) ? wrong(text, "not_a_name") : fine(text);
  };

  const numbered = (rule, text) => {
    if (text.includes("*")) return wrong(text, "masked");
    return /\d/.test(half(text)) ? fine(text) : wrong(text, "no_digits");
  };

  const yesNo = (rule, text) => {
    const word = squash(text).toLowerCase();
    return fine(rule.yes.includes(word) ? "是" : rule.no.includes(word) ? "否" : text);
  };

  const keyOf = (text) => squash(text).toUpperCase();
  const spellings = (option) => [option.label, ...(option.aliases || []), option.code, option.code.replace(/^0+(?=\d)/, "")];

  // Labels before aliases before code numbers, as the server reads them.
  const exactly = (rule, key) => {
    const layers = [(o) => [o.label], (o) => o.aliases || [], (o) => [o.code], (o) => [o.code.replace(/^0+(?=\d)/, "")]];
    for (const layer of layers) {
      const found = rule.options.filter((option) => layer(option).some((word) => keyOf(word) === key));
      if (found.length === 1) return found[0].label;
    }
    return "";
  };

  const isOwnWords = (rule, rest) => {
    const left = rule.suffixes.reduce((text, suffix) => text.split(suffix).join(""), rest);
    return [...left].every((sign) => rule.own_words.includes(sign));
  };

  const byResidue = (rule, key) => rule.options.filter(({ label }) => {
    const word = keyOf(label);
    if (key.length < word.length) return key && word.startsWith(key) && isOwnWords(rule, word.slice(key.length));
    return key.includes(word) && isOwnWords(rule, key.replace(word, ""));
  });

  const choices = (rule, text) => {
    const key = keyOf(text);
    const options = rule.options || [];
    return key ? options.filter((option) => spellings(option).some((word) => keyOf(word).startsWith(key))) : options;
  };

  const code = (rule, text) => {
    const key = keyOf(text);
    const known = exactly(rule, key);
    if (known) return fine(known);
    if (rule.coded) return fine(text);
    const near = byResidue(rule, key);
    if (near.length === 1) return fine(near[0].label);
    const begun = rule.options.filter((option) => keyOf(option.label).startsWith(key));
    if (begun.length === 1) return fine(begun[0].label);
    return wrong(text, begun.length || near.length ? "several_codes" : "unknown_code");
  };

  const CHECKS = {
    id_number: idNumber, uscc: creditCode, phone, date: day, integer: number, decimal: number, person_name: personName,
    name: personName, numbered, bool: yesNo, code,
  };

  // What the same person's ID number says about the birth date or the sex.
  const againstId = (rule, value, idText) => {
    const id = squash(idText || "").toUpperCase();
    if (!rule.against_id || !/^\d{17}[\dX]$/.test(id)) return "";
    const iso = half(value).replace(/\D/g, "");
    const told = rule.type === "date" ? id.slice(6, 14) : (Number(id[16]) % 2 ? "男" : "女");
    if (rule.type === "date") return iso.length === 8 && iso !== told ? rule.against_id : "";
    return ["男", "女"].includes(value) && value !== told ? rule.against_id : "";
  };

  const check = (rule, text, idText) => {
    const typed = text.trim();
    if (!typed || !rule) return fine(typed);
    const found = (CHECKS[rule.type] || ((_, same) => fine(same)))(rule, typed);
    const across = found.wrong ? "" : againstId(rule, found.value, idText);
    return across ? { ...found, wrong: across } : found;
  };

  const words = (rule, found) => (rule && rule.words && rule.words[found.wrong || found.doubt]) || "";

  window.yici = { ...window.yici, check, words, choices };
})();
