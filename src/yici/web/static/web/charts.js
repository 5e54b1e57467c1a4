// Pictures that answer to the pointer: the still picture is replaced by the same chart drawn by ECharts. The table beside
// it says the same, and stays; without scripts, or where drawing fails, the still picture stays, too.
"use strict";

(() => {
  const draw = async (figure) => {
    const still = figure.querySelector("img");
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
    const answer = await fetch(`${figure.dataset.chart}${dark ? "&theme=dark" : ""}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || !still) return;
    const option = await answer.json();
    // Tooltips drawn on the canvas need no markup, which the content security policy would strip of its styles.
    option.tooltip = { ...option.tooltip, renderMode: "richText" };
    option.animation = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    const place = document.createElement("div");
    place.className = "live-chart";
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", still.alt);
    (still.closest("picture") ?? still).before(place);
    const { yAxis, title } = option;
    // Lying bars: a line of text each, so that every name stands beside its bar.
    if (yAxis?.type === "category") place.style.height = `${Math.max(320, 22 * yAxis.data.length + 140)}px`;
    if (title) title.subtextStyle = { ...title.subtextStyle, width: place.clientWidth - 32, overflow: "break" };
    const chart = echarts.init(place);
    chart.setOption(option);
    still.hidden = true;
    addEventListener("resize", () => chart.resize());
  };
  for (const figure of document.querySelectorAll("[data-chart]")) draw(figure).catch(() => {});
})();
