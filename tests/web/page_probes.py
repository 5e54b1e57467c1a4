"""What is looked at in a page of a browser: axe's rules, the focus, the machine's own contrast colours, the help."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

MANY = 100

# Of the rules of WCAG 2.2 axe leaves the size of targets out unless it is asked for. Contrast is most of its work, and
# is the same for the same letters on the same ground: each pair is looked at where it is first seen, in any page. What
# is laid over other things, or stands on a picture, has no ground that could be compared, and is looked at always.
AXE = """async (told) => {
  const seen = new Set(told), found = [], grounds = new Map([[null, '']]);
  const ground = (e) => {
    if (!grounds.has(e)) {
      const style = getComputedStyle(e), under = ground(e.parentElement), own = style.backgroundColor;
      const apart = ['absolute', 'fixed'].includes(style.position) || style.opacity < 1;
      if (under === 'over' || apart || style.backgroundImage !== 'none') grounds.set(e, 'over');
      else grounds.set(e, own.startsWith('rgb(') ? own : own.endsWith(', 0)') ? under : under + own);
    }
    return grounds.get(e);
  };
  const looked = (e) => {
    const box = e.getBoundingClientRect();
    const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return !e.closest(':disabled') && e.contains(hit);
  };
  for (const e of document.body.querySelectorAll('*')) {
    if (ground(e) === 'over' || ![...e.childNodes].some((one) => one.nodeType === 3 && one.data.trim())) continue;
    const style = getComputedStyle(e);
    const pair = [style.color, ground(e), style.fontSize, style.fontWeight].join(' ');
    if (seen.has(pair)) e.dataset.seen = '';
    else if (looked(e)) { found.push(pair); seen.add(pair); }
  }
  axe.configure({ rules: [{ id: 'color-contrast', selector: '*:not([data-seen])' }] });
  const { violations } = await axe.run({ resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } });
  return [found, violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`)];
}"""
# The stops of a page in their order, of which the focus writes down those it comes to.
LISTEN = """() => {
  window.passed = [];
  document.activeElement.blur();
  getSelection().collapse(document.body, 0);
  addEventListener('focusin', (event) => window.passed.push(event.target));
}"""
PASSED = """([some, begun]) => {
  const bad = [], visible = { visibilityProperty: true }, { passed } = window;
  const stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
    .filter((e) => e.tabIndex >= 0 && !e.disabled && e.type !== 'hidden' && e.checkVisibility(visible))
    .filter((e) => e.type !== 'radio' || e === (document.querySelector(`[name="${e.name}"]:checked`)
      ?? document.querySelector(`[name="${e.name}"]`)));
  // On a small page Tab comes round again; where a field takes the focus by itself, it began there.
  const round = passed.indexOf(passed[0], 1), once = round < 0 ? passed : passed.slice(0, round);
  if (!begun && !passed[0]?.matches('.skip')) bad.push(`the first stop is no skip link: ${passed[0]?.outerHTML}`);
  const first = stops.indexOf(passed[0]);
  for (const [at, e] of once.entries()) {
    if (stops[(first + at) % stops.length] !== e) bad.push(`Tab comes to ${e.outerHTML.slice(0, 120)} out of its turn`);
  }
  if (once.length < Math.min(some - 1, stops.length) && !once.some((e) => e.type === 'date'))
    bad.push(`Tab comes to ${once.length} of ${stops.length} stops`);
  return bad;
}"""
# Every stop, forwards and backwards: it takes the focus, shows it, and its middle is not covered by anything else.
STOPS = """() => {
  const bad = [], visible = { visibilityProperty: true };
  const stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
    .filter((e) => e.tabIndex >= 0 && !e.disabled && e.type !== 'hidden' && e.checkVisibility(visible));
  const shown = (e) => {
    const style = getComputedStyle(e);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  };
  const uncovered = (e) => {
    const box = e.getClientRects()[0];
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
    if (right <= left || bottom <= top) return false;
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return hit && (e.contains(hit) || (hit.closest('label') ?? hit).control === e);
  };
  for (const e of [...stops, ...stops.toReversed()]) {
    e.focus();
    const html = e.outerHTML.slice(0, 120);
    if (document.activeElement !== e) bad.push(`takes no focus: ${html}`);
    else if (!shown(e)) bad.push(`the focus is not seen: ${html}`);
    else if (!uncovered(e)) bad.push(`the focus is covered: ${html}`);
  }
  document.activeElement.blur();
  scrollTo(0, 0);
  return [...new Set(bad)];
}"""
# In the machine's own contrast colours grounds and shades are gone: what is left are letters, lines and signs.
FORCED = """() => {
  const bad = [], states = {};
  const all = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility());
  const lined = (style) => style.borderBottomStyle !== 'none' && parseFloat(style.borderBottomWidth) >= 1;
  for (const e of all('*')) {
    const own = getComputedStyle(e).forcedColorAdjust === 'none';
    if (own) bad.push(`keeps its own colours: ${e.outerHTML.slice(0, 120)}`);
  }
  for (const e of all('button, .button, select, textarea, input:not([type=checkbox], [type=radio], [type=file])')) {
    if (!lined(getComputedStyle(e))) bad.push(`has no border: ${e.outerHTML.slice(0, 120)}`);
  }
  for (const e of all('[aria-current=page], [aria-pressed=true], [aria-selected=true]')) {
    const style = getComputedStyle(e);
    if (style.fontWeight < 600 && !style.textDecorationLine.includes('underline'))
      bad.push(`is chosen by colour alone: ${e.outerHTML.slice(0, 120)}`);
  }
  for (const e of all('.form-view td:not(.plain), .key span')) {
    const sign = getComputedStyle(e.querySelector('small:not(:empty)') ?? e, '::before').content;
    if (sign === 'none') bad.push(`stands by colour alone: ${e.outerHTML.slice(0, 120)}`);
    (states[sign] ??= new Set()).add(e.className);
  }
  for (const [sign, kinds] of Object.entries(states)) {
    if (kinds.size > 1) bad.push(`one sign for several states: ${sign} ${[...kinds]}`);
  }
  return bad;
}"""
# The same help, at the same place of every page: after the name of the site and the search, before everything else.
HELP = """() => {
  const found = [...document.querySelectorAll('a[href="/help"]')];
  const header = [...document.querySelector('header').children].filter((e) => !e.matches('.top-search'));
  const there = found.length === 1 && header[1] === found[0] && found[0].checkVisibility();
  return there ? [] : ['the help is not at its place'];
}"""


def open_probed(chromium: Any, **options: Any) -> Any:
    """A context in whose pages axe is there from the beginning."""
    context = chromium.new_context(**options)
    context.add_init_script(AXE_SCRIPT)
    return context


def by_axe(page: Any, told: set[str]) -> list[str]:
    """What axe finds. `told` are the letters and grounds whose contrast was looked at before."""
    found, problems = page.evaluate(AXE, list(told))
    told.update(found)
    return list(problems)


def by_keyboard(page: Any, some: int) -> list[str]:
    """Tab through, `some` stops or all: the skip link first, then one after the other in the order of the page."""
    begun = page.locator("[autofocus]").count() > 0
    page.evaluate(LISTEN)
    # Where a field takes the focus by itself, what is before it comes after the page's end.
    rounds = 2 if begun else 1
    # A key held down repeats itself.
    for _ in range(some):
        page.keyboard.down("Tab")
        rounds -= some > MANY and page.evaluate("document.activeElement === document.body")
        if not rounds:
            break
    page.keyboard.up("Tab")
    return list(page.evaluate(PASSED, [some, begun])) + list(page.evaluate(STOPS))


def in_forced_colours(page: Any) -> list[str]:
    """What cannot be told apart, or is covered or not seen when focused, in the machine's own contrast colours."""
    page.emulate_media(forced_colors="active")
    problems = page.evaluate(FORCED) + page.evaluate(STOPS)
    page.emulate_media(forced_colors="none")
    return [f"in forced colours: {one}" for one in problems]
