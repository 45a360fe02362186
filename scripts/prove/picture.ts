import { type Exchange, percentile, type Stretch, within } from "./exchanges.ts";

const [width, height, left, top] = [960, 220, 60, 28];
const [leastMilliseconds, mostMilliseconds] = [1, 10_000];
const colours = ["#2563eb", "#ea580c"];

/** Latency and release over time: all deploys by the second, and one of them request by request. */
export function picture(exchanges: Exchange[], all: Stretch, one: Stretch): string {
  const drawn = exchanges.filter(({ kind }) => kind === "GET" || kind === "POST");
  const panels = [
    overview(within(drawn, all), all, `${seconds(all)} s: p50 and p99 of each second`),
    scatter(
      within(drawn, one),
      one,
      "one deploy: every request, coloured by the release that answered",
    ),
  ];
  const total = panels.length * (height + 60);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width + 84} ${total}" font-family="sans-serif" font-size="11">`,
    "<title>Latency and release over time</title>",
    `<rect width="100%" height="100%" fill="#fff"/>`,
    ...panels.map(
      (panel, index) => `<g transform="translate(0 ${index * (height + 60)})">${panel}</g>`,
    ),
    "</svg>\n",
  ].join("\n");
}

function overview(exchanges: Exchange[], stretch: Stretch, title: string): string {
  const buckets = Array.from({ length: Math.ceil(seconds(stretch)) }, (_, second) => {
    const from = stretch.from + second * 1000;
    const own = within(exchanges, { from, to: from + 1000 });
    return { from, own, times: own.map(({ milliseconds }) => milliseconds) };
  });
  const releases = [...new Set(exchanges.map(({ release }) => release))];
  const bands = buckets.flatMap(({ from, own }) => {
    const release = own.at(-1)?.release;
    if (release === undefined) return [];
    const colour = colours[releases.indexOf(release) % 2];
    const x = across(from, stretch);
    return [
      `<path d="M${x} ${top + height + 4}h${n(width / buckets.length + 0.3)}" stroke="${colour}" stroke-width="6"/>`,
    ];
  });
  const line = (share: number, colour: string) => {
    const points = buckets.flatMap(({ from, times }) => {
      const value = percentile(times, share);
      return value === undefined ? [] : [`${across(from + 500, stretch)},${up(value)}`];
    });
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}"/>`;
  };
  return [
    axes(title, stretch),
    ...bands,
    line(0.99, "#94a3b8"),
    line(0.5, "#0f172a"),
    failed(exchanges, stretch),
  ].join("\n");
}

function scatter(exchanges: Exchange[], stretch: Stretch, title: string): string {
  const releases = [...new Set(exchanges.map(({ release }) => release))];
  const dots = releases.map((release, index) => {
    const path = exchanges
      .filter((each) => each.release === release && !each.failure)
      .map(({ at, milliseconds }) => `M${across(at, stretch)} ${up(milliseconds)}h0`);
    return `<path d="${path.join("")}" stroke="${colours[index % 2]}" stroke-width="2.4" stroke-linecap="round"/>`;
  });
  return [axes(title, stretch), ...dots, failed(exchanges, stretch)].join("\n");
}

/** Failed requests stand out: each is a red line from top to bottom. */
function failed(exchanges: Exchange[], stretch: Stretch): string {
  const lines = exchanges
    .filter(({ failure }) => failure)
    .map(({ at }) => `M${across(at, stretch)} ${top}v${height}`);
  return `<path d="${lines.join("")}" stroke="#dc2626"/>`;
}

function axes(title: string, stretch: Stretch): string {
  const rows = [1, 10, 100, 1000, 10_000].map(
    (value) =>
      `<path d="M${left} ${up(value)}h${width}" stroke="#e2e8f0"/><text x="${left - 6}" y="${up(value) + 4}" text-anchor="end">${value} ms</text>`,
  );
  const step = [1, 2, 5, 10, 30, 60, 120, 300].find((each) => seconds(stretch) / each <= 12) ?? 600;
  const columns = Array.from({ length: Math.floor(seconds(stretch) / step) + 1 }, (_, index) => {
    const x = across(stretch.from + index * step * 1000, stretch);
    return `<text x="${x}" y="${top + height + 20}" text-anchor="middle">${index * step} s</text>`;
  });
  return [`<text x="${left}" y="16">${title}</text>`, ...rows, ...columns].join("\n");
}

function across(at: number, stretch: Stretch): number {
  return n(left + ((at - stretch.from) / (stretch.to - stretch.from)) * width);
}

function up(milliseconds: number): number {
  const within = Math.min(mostMilliseconds, Math.max(leastMilliseconds, milliseconds));
  const share =
    Math.log(within / leastMilliseconds) / Math.log(mostMilliseconds / leastMilliseconds);
  return n(top + height * (1 - share));
}

function seconds({ from, to }: Stretch): number {
  return Math.round((to - from) / 1000);
}

function n(value: number): number {
  return Math.round(value * 10) / 10;
}
