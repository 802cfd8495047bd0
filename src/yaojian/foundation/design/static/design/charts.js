// Draws every figure[data-chart] from the JSON beside it; the table under the chart stays the full record.
(function () {
  "use strict";
  const drawn = new Map();

  function colour(token) {
    // light-dark() is only settled on a real element, so a probe asks for the colour as painted.
    const probe = document.createElement("span");
    probe.style.color = `var(--yj-${token})`;
    document.body.append(probe);
    const painted = getComputedStyle(probe).color;
    probe.remove();
    return painted;
  }

  function palette() {
    return {
      ink: colour("ink"), soft: colour("ink-soft"), quiet: colour("ink-quiet"), line: colour("line"),
      surface: colour("raised"), series: [1, 2, 3, 4, 5].map((n) => colour(`series-${n}`)),
      meaning: {
        overdue: colour("overdue"), due_soon: colour("due-soon"), done: colour("done"),
        info: colour("info"), neutral: colour("neutral"),
      },
      font: getComputedStyle(document.body).fontFamily,
    };
  }

  function targetLines(data, paint) {
    if (!data.targets.length) return undefined;
    const axis = data.horizontal ? "xAxis" : "yAxis";
    return {
      silent: true, symbol: "none",
      lineStyle: { color: paint.ink, type: "dashed", width: 1.5 },
      label: {
        formatter: (line) => line.name, color: paint.ink, fontSize: 12,
        position: data.horizontal ? "start" : "insideEndTop",
      },
      data: data.targets.map((one) => ({ [axis]: one.value, name: `${one.label} ${one.value}${data.unit}` })),
    };
  }

  function placesOf(values) {
    return Math.max(0, ...values.filter((v) => v !== null).map((v) => (String(v).split(".")[1] ?? "").length));
  }

  function hasValueColumn(data) {
    return data.kind === "bar" && data.horizontal && data.series.length === 1;
  }

  function valueColumn(data, paint, missing) {
    // The values stand in a column of their own at the right, clear of bars and target lines.
    const { values } = data.series[0];
    const places = Math.min(placesOf(values), 3);
    return {
      type: "category", position: "right", inverse: true,
      data: values.map((value) => (value === null ? missing : `${Number(value).toFixed(places)}${data.unit}`)),
      axisLine: { show: false }, axisTick: { show: false }, axisPointer: { show: false },
      axisLabel: { color: paint.ink, interval: 0 },
    };
  }

  function missingMarks(data, paint, missing) {
    // A category that no series has a value for says so in words instead of looking like a zero.
    const gaps = data.categories.map((_, i) => (data.series.every((one) => one.values[i] === null) ? 0 : null));
    if (data.kind !== "bar" || hasValueColumn(data) || !gaps.includes(0)) return [];
    return [{
      type: "scatter", data: gaps, symbolSize: 1, silent: true, tooltip: { show: false }, itemStyle: { color: "transparent" },
      label: { show: true, formatter: missing, position: data.horizontal ? "right" : "top", color: paint.quiet },
    }];
  }

  function seriesOf(data, paint) {
    const labelled = data.kind === "bar" && !data.horizontal && data.series.length === 1 && data.categories.length <= 16;
    return data.series.map((one, index) => ({
      label: { show: labelled, position: "top", color: paint.soft, fontSize: 12 },
      name: one.name, type: data.kind, data: one.values, connectNulls: false,
      stack: one.stacked ? "all" : undefined,
      barMaxWidth: 26, symbolSize: 6, symbol: "circle", lineStyle: { width: 2.25 },
      itemStyle: {
        color: paint.meaning[one.meaning] ?? paint.series[index % paint.series.length],
        borderRadius: data.kind === "bar" && !one.stacked ? (data.horizontal ? [0, 3, 3, 0] : [3, 3, 0, 0]) : 0,
      },
      markLine: index === 0 ? targetLines(data, paint) : undefined,
    }));
  }

  function axesOf(data, paint, missing) {
    const reach = Math.max(0, ...data.targets.map((one) => one.value));
    const value = {
      type: "value", name: hasValueColumn(data) ? "" : data.unit, nameTextStyle: { color: paint.quiet, align: data.horizontal ? "left" : "right" },
      min: data.kind === "bar" ? 0 : undefined, scale: false,
      max: data.maximum ?? ((extent) => (extent.max < reach ? reach * 1.08 : undefined)),
      axisLabel: { color: paint.quiet }, splitLine: { lineStyle: { color: paint.line } },
    };
    const category = {
      type: "category", data: data.categories, inverse: data.horizontal,
      axisLabel: { color: paint.soft, width: data.horizontal ? 132 : undefined, overflow: "break", hideOverlap: true },
      axisLine: { lineStyle: { color: paint.line } }, axisTick: { show: false },
    };
    if (!data.horizontal) return { xAxis: category, yAxis: value };
    return { xAxis: value, yAxis: hasValueColumn(data) ? [category, valueColumn(data, paint, missing)] : category };
  }

  function tooltipOf(data, paint, missing) {
    // Drawn on the canvas: an HTML tooltip would need inline styles, which the page's policy forbids.
    return {
      trigger: "axis", renderMode: "richText", confine: true,
      axisPointer: { type: data.kind === "bar" ? "shadow" : "line" },
      backgroundColor: paint.surface, borderColor: paint.line, textStyle: { color: paint.ink, fontFamily: paint.font },
      valueFormatter: (value) => (value === null || value === undefined ? missing : `${value}${data.unit}`),
    };
  }

  function optionOf(data, missing) {
    const paint = palette();
    const many = data.series.length > 1;
    return {
      aria: { enabled: true, decal: { show: many } },
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches, animationDuration: 250,
      textStyle: { fontFamily: paint.font },
      grid: { left: 8, right: data.horizontal ? 28 : 16, top: many ? 52 : 36, bottom: 8, containLabel: true },
      legend: many ? { data: data.series.map((one) => one.name), top: 0, left: 0, icon: "roundRect", itemWidth: 14, itemHeight: 8, textStyle: { color: paint.soft } } : undefined,
      tooltip: tooltipOf(data, paint, missing),
      ...axesOf(data, paint, missing),
      series: [...seriesOf(data, paint), ...missingMarks(data, paint, missing)],
    };
  }

  function exportPicture(figure, chart) {
    const link = document.createElement("a");
    link.download = `${figure.querySelector(".chart-title").textContent.trim()}.png`;
    link.href = chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: colour("surface") });
    link.click();
  }

  function draw(figure) {
    if (drawn.has(figure)) return;
    const holder = figure.querySelector(".chart-canvas");
    const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    const chart = window.echarts.init(holder);
    const paint = () => chart.setOption(optionOf(data, figure.dataset.missing), true);
    const label = holder.getAttribute("aria-labelledby");
    paint();
    // ECharts writes a description of its own; the figure's title, which states the finding, goes first.
    holder.setAttribute("aria-labelledby", label);
    drawn.set(figure, { chart, paint });
    const button = figure.querySelector("[data-chart-export]");
    button.hidden = false;
    button.addEventListener("click", () => exportPicture(figure, chart));
  }

  function drawAll() {
    for (const figure of document.querySelectorAll("figure[data-chart]")) draw(figure);
  }

  function forgetGone() {
    for (const [figure, { chart }] of drawn) {
      if (figure.isConnected) continue;
      chart.dispose();
      drawn.delete(figure);
    }
  }

  function repaint() {
    for (const { paint } of drawn.values()) paint();
  }

  let waiting = 0;
  window.addEventListener("resize", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => drawn.forEach(({ chart }) => chart.resize()));
  });
  window.addEventListener("yaojian:theme", repaint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  document.addEventListener("htmx:afterSettle", () => {
    forgetGone();
    drawAll();
  });
  drawAll();
})();
