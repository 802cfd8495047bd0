// Draws clusters of subjects on a plane of longitude and latitude; every move fetches the clusters of the new piece.
(function () {
  "use strict";
  const figure = document.querySelector("figure[data-map]");
  if (!figure) return;
  const data = JSON.parse(document.getElementById(figure.dataset.map).textContent);
  const holder = figure.querySelector(".map-canvas");
  const status = figure.querySelector("[data-map-status]");
  const hint = status.textContent;
  const [west, south, east, north] = data.box;
  const chart = window.echarts.init(holder);
  let clusters = data.clusters;
  let whole = null;

  function colour(token) {
    const probe = document.createElement("span");
    probe.style.color = `var(--yj-${token})`;
    document.body.append(probe);
    const painted = getComputedStyle(probe).color;
    probe.remove();
    return painted;
  }

  function wholeView() {
    // A degree of longitude is shorter than one of latitude: the wider side decides, so that shapes stay true.
    const shrink = Math.cos(((south + north) / 2) * (Math.PI / 180));
    const wide = holder.clientWidth - 60;
    const high = holder.clientHeight - 40;
    const perPixel = Math.max(((east - west) * shrink) / wide, (north - south) / high);
    const halfWide = (perPixel * wide) / shrink / 2;
    const halfHigh = (perPixel * high) / 2;
    const x = (west + east) / 2;
    const y = (south + north) / 2;
    return { x: [x - halfWide, x + halfWide], y: [Math.max(y - halfHigh, -90), Math.min(y + halfHigh, 90)] };
  }

  function size(point) {
    return point.count === 1 ? 11 : Math.min(16 + 9 * Math.log10(point.count), 52);
  }

  function met(one, others, plane) {
    return others.find((other) => {
      const apart = Math.hypot((one.at[0] - other.at[0]) * plane.x, (one.at[1] - other.at[1]) * plane.y);
      return apart < (size(one) + size(other)) / 2;
    });
  }

  // Circles that would lie upon one another become one, in the middle of what they stand for: the server's
  // clusters know nothing of pixels. A circle that has grown may meet the next, so until none does.
  function apart(all, shown) {
    const plane = {
      x: (holder.clientWidth - 60) / (shown.x[1] - shown.x[0]), y: (holder.clientHeight - 40) / (shown.y[1] - shown.y[0]),
    };
    const merged = [];
    for (const one of [...all].sort((a, b) => b.count - a.count)) {
      const other = met(one, merged, plane);
      if (!other) {
        merged.push({ ...one });
        continue;
      }
      const count = one.count + other.count;
      other.at = [0, 1].map((axis) => (one.at[axis] * one.count + other.at[axis] * other.count) / count);
      Object.assign(other, { count, name: "", url: "" });
    }
    return merged.length === all.length ? merged : apart(merged, shown);
  }

  function points(shown) {
    return apart(clusters, shown).map((one) => ({
      value: [...one.at, one.count], count: one.count, name: one.name, url: one.url, symbolSize: size(one),
    }));
  }

  function axis(span, name) {
    const paint = { quiet: colour("ink-quiet"), line: colour("line") };
    return {
      type: "value", min: span[0], max: span[1], name,
      axisLabel: { color: paint.quiet, hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: (v) => `${+v.toFixed(3)}°` },
      splitLine: { lineStyle: { color: paint.line } }, axisLine: { lineStyle: { color: paint.line } },
    };
  }

  function label(point) {
    return point.data.count === 1 ? "" : String(point.data.count);
  }

  function draw() {
    whole = wholeView();
    const ink = colour("ink");
    chart.setOption({
      animation: false, aria: { enabled: true },
      grid: { left: 46, right: 14, top: 12, bottom: 28 },
      xAxis: axis(whole.x, ""), yAxis: axis(whole.y, ""),
      dataZoom: [
        { id: "x", type: "inside", xAxisIndex: 0, filterMode: "none", minSpan: 0.02 },
        { id: "y", type: "inside", yAxisIndex: 0, filterMode: "none", minSpan: 0.02 },
      ],
      tooltip: {
        trigger: "item", renderMode: "richText", confine: true, backgroundColor: colour("raised"), borderColor: colour("line"),
        textStyle: { color: ink }, formatter: ({ data: one }) => one.name || `${one.count} ${figure.dataset.unit}`,
      },
      series: [{
        type: "scatter", data: points(whole), cursor: "pointer",
        itemStyle: { color: colour("series-1"), opacity: 0.82, borderColor: colour("surface"), borderWidth: 1.5 },
        label: { show: true, formatter: label, color: colour("on-primary"), fontSize: 11, fontWeight: 600 },
        emphasis: { scale: 1.12 }, labelLayout: { hideOverlap: true },
      }],
    }, true);
  }

  function view() {
    const [left, bottom] = chart.convertFromPixel({ gridIndex: 0 }, [46, holder.clientHeight - 28]);
    const [right, top] = chart.convertFromPixel({ gridIndex: 0 }, [holder.clientWidth - 14, 12]);
    return { x: [left, right], y: [bottom, top] };
  }

  function show(x, y) {
    chart.dispatchAction({
      type: "dataZoom", batch: [
        { dataZoomId: "x", startValue: Math.max(x[0], whole.x[0]), endValue: Math.min(x[1], whole.x[1]) },
        { dataZoomId: "y", startValue: Math.max(y[0], whole.y[0]), endValue: Math.min(y[1], whole.y[1]) },
      ],
    });
  }

  function zoom(factor) {
    const { x, y } = view();
    const around = ([low, high]) => {
      const middle = (low + high) / 2;
      const half = ((high - low) / 2) * factor;
      return [middle - half, middle + half];
    };
    show(around(x), around(y));
  }

  let waiting = 0;
  let asked = 0;
  async function fetchPoints() {
    const { x, y } = view();
    const box = [Math.max(x[0], -180), Math.max(y[0], -90), Math.min(x[1], 180), Math.min(y[1], 90)].map((v) => v.toFixed(6));
    const mine = (asked += 1);
    try {
      const separator = data.points_url.includes("?") ? "&" : "?";
      const answer = await fetch(`${data.points_url}${separator}box=${box.join(",")}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = (await answer.json()).clusters;
      if (mine !== asked) return; // the map has moved on meanwhile
      clusters = fresh;
      chart.setOption({ series: [{ data: points({ x, y }) }] });
      status.textContent = hint;
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof Error)) throw error;
      status.textContent = figure.dataset.failed;
    }
  }

  chart.on("datazoom", () => {
    clearTimeout(waiting);
    waiting = setTimeout(fetchPoints, 180);
  });
  chart.on("click", ({ data: one }) => {
    if (one.url) {
      location.assign(one.url);
      return;
    }
    const { x, y } = view();
    const [longitude, latitude] = one.value;
    const halfX = (x[1] - x[0]) / 6;
    const halfY = (y[1] - y[0]) / 6;
    show([longitude - halfX, longitude + halfX], [latitude - halfY, latitude + halfY]);
  });
  for (const button of figure.querySelectorAll("[data-map-zoom]")) {
    button.addEventListener("click", () => {
      if (button.dataset.mapZoom === "all") show(whole.x, whole.y);
      else zoom(Number(button.dataset.mapZoom));
    });
  }
  let resizing = 0;
  window.addEventListener("resize", () => {
    cancelAnimationFrame(resizing);
    resizing = requestAnimationFrame(() => { chart.resize(); draw(); });
  });
  window.addEventListener("yaojian:theme", draw);
  draw();
})();
