// Draws the first load of a built site: when each request was sent, answered and complete, and when
// the form was usable.
//   node tools/bench/waterfall.mjs HARNESS OUT.svg TITLE=DIST...
// HARNESS is a copy of the harness folder with its npm packages installed, as tools/bench/bench.sh
// leaves it in target/bench/harness. The network and the CPU are slow (150 ms, 1.6 Mbit/s, CPU ×4).
// Each site is loaded five times, and the load whose time to `usable` is the median is drawn.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [harness, out, ...named] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(resolve(harness, name)));
const [{ launch }, { startServer }] = [await load("browser.mjs"), await load("server.mjs")];
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const visit = async (browser, origin) => {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const cdp = await page.createCDPSession();
  const requests = new Map();
  await cdp.send("Network.enable");
  cdp.on("Network.requestWillBeSent", ({ requestId, request, timestamp }) =>
    requests.set(requestId, { url: new URL(request.url), sent: timestamp }),
  );
  cdp.on("Network.responseReceived", ({ requestId, timestamp }) =>
    Object.assign(requests.get(requestId) ?? {}, { answered: timestamp }),
  );
  cdp.on("Network.loadingFinished", ({ requestId, timestamp, encodedDataLength }) =>
    Object.assign(requests.get(requestId) ?? {}, { ended: timestamp, bytes: encodedDataLength }),
  );
  await cdp.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 150,
    downloadThroughput: 200_000,
    uploadThroughput: 93_750,
    connectionType: "cellular4g",
  });
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.goto(origin);
  await page.waitForSelector("#ask-foot > *", { timeout: 30_000 });
  await sleep(500);
  const marks = await page.evaluate(() =>
    Object.fromEntries(
      [...performance.getEntriesByType("paint"), ...performance.getEntriesByType("mark")].map(
        ({ name, startTime }) => [name, startTime],
      ),
    ),
  );
  const rows = [...requests.values()].filter(
    ({ url, ended }) => ended && url.protocol.startsWith("http"),
  );
  const [{ sent: start }] = rows;
  await context.close();
  const since = (time) => (time - start) * 1000;
  return {
    marks: { "first paint": marks["first-contentful-paint"], usable: marks.usable },
    rows: rows.map(({ url, sent, answered, ended, bytes }) => ({
      name: url.pathname.replace(/-[0-9a-f]{8,16}(?=[._])/, "").slice(1) || "the page",
      sent: since(sent),
      answered: since(answered),
      ended: since(ended),
      bytes,
    })),
  };
};

const { browser, close } = await launch();
const charts = [];
for (const [title, dir] of named.map((one) => one.split("="))) {
  const server = await startServer({ dir });
  const loads = [];
  for (let i = 0; i < 5; i++) loads.push(await visit(browser, `${server.origin}/`));
  await server.close();
  charts.push({ title, ...loads.toSorted((a, b) => a.marks.usable - b.marks.usable)[2] });
}
await close();

const [LEFT, WIDTH, ROW] = [190, 620, 22];
const last = Math.max(
  ...charts.flatMap(({ rows, marks }) => [
    ...rows.map(({ ended }) => ended),
    ...Object.values(marks),
  ]),
);
const x = (ms) => (LEFT + (ms / last) * WIDTH).toFixed(1);
const span = (a, b) => (((b - a) / last) * WIDTH).toFixed(1);
let y = 16;
const parts = [];
for (const { title, rows, marks } of charts) {
  parts.push(`<text x="8" y="${y + 12}" class="title">${title}</text>`);
  y += 26;
  const top = y;
  for (const { name, sent, answered, ended, bytes } of rows) {
    parts.push(
      `<text x="${LEFT - 8}" y="${y + 13}" text-anchor="end">${name}</text>`,
      `<rect x="${x(sent)}" y="${y + 3}" width="${span(sent, answered)}" height="12" class="wait"/>`,
      `<rect x="${x(answered)}" y="${y + 3}" width="${Math.max(1, span(answered, ended))}" height="12" class="load"/>`,
      `<text x="${Number(x(ended)) + 5}" y="${y + 13}" class="quiet">${(bytes / 1000).toFixed(1)} kB</text>`,
    );
    y += ROW;
  }
  for (const [i, [name, ms]] of Object.entries(marks).entries()) {
    parts.push(
      `<path d="M${x(ms)} ${top}V${y + 6 + i * 14}" class="mark"/>`,
      `<text x="${x(ms)}" y="${y + 16 + i * 14}" class="marked">${name} ${Math.round(ms)} ms</text>`,
    );
  }
  y += 52;
}
writeFileSync(
  out,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 70} ${y}" font-family="system-ui, sans-serif" font-size="11">
<style>rect,path{shape-rendering:crispEdges}svg{background:#fff}
.title{font-size:14px;font-weight:600}.wait{fill:#c9d3e2}.load{fill:#0b57d0}
.mark{stroke:#b3261e;fill:none}.marked{fill:#b3261e}.quiet{fill:#555d6b}</style>
${parts.join("\n")}
</svg>
`,
);
console.log(charts.map(({ title, marks }) => `${title}: ${JSON.stringify(marks)}`).join("\n"));
process.exit(0);
