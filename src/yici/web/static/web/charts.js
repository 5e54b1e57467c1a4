// Pictures that answer to the pointer: the still picture is replaced by the same chart drawn by ECharts. The table beside
// it says the same, and stays; without scripts, or where drawing fails, the still picture stays, too.
"use strict";

(() => {
  const draw = async (figure) => {
    const still = figure.querySelector("img");
    const answer = await fetch(figure.dataset.chart, { headers: { Accept: "application/json" } });
    if (!answer.ok || !still) return;
    const option = await answer.json();
    // Tooltips drawn on the canvas need no markup, which the content security policy would strip of its styles.
    option.tooltip = { ...option.tooltip, renderMode: "richText" };
    option.animation = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    const place = document.createElement("div");
    place.className = "live-chart";
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", still.alt);
    still.before(place);
    const chart = echarts.init(place);
    chart.setOption(option);
    still.hidden = true;
    addEventListener("resize", () => chart.resize());
  };
  for (const figure of document.querySelectorAll("[data-chart]")) draw(figure).catch(() => {});
})();
