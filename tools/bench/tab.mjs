// A browser tab on a slow network, as the journeys of pages.mjs use it: what a person does there, and what was requested.

/** The network's round trip, in ms. */
export const RTT = 150;
/** How long people hold a mouse button, in ms. The harness does not hold it at all. */
export const PRESS = 80;
/** The field of every compared page. */
export const FIELD = "#identifier,#email,input[name=email],input[name=username]";

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** What the promise resolves to, or an error after so many milliseconds. */
export const within = (promise, ms, what) =>
  Promise.race([
    promise,
    sleep(ms).then(() => Promise.reject(Error(`${what}: nothing for ${ms} ms`))),
  ]);

/**
 * A new tab with an empty cache and empty storage, on the slow network if `cpu` says how slow the CPU
 * is. It collects the page's performance marks and its requests. The mark "app" is when the picker's app
 * has taken the form over.
 */
export const visit = async (browser, cpu) => {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const cdp = await page.createCDPSession();
  const marks = [];
  const requests = [];
  const wanted = [];
  const recheck = () =>
    wanted.splice(0).forEach(([test, done]) => (test() ? done() : wanted.push([test, done])));
  for (const domain of ["Network", "Page", "Runtime"]) await cdp.send(`${domain}.enable`);
  await cdp.send("Runtime.addBinding", { name: "__mark" });
  cdp.on("Runtime.bindingCalled", ({ payload }) => (marks.push(JSON.parse(payload)), recheck()));
  cdp.on(
    "Network.requestWillBeSent",
    ({ requestId: id, request, timestamp, wallTime, type }) => (
      requests.push({
        id,
        url: request.url,
        method: request.method,
        conditional: false,
        timestamp,
        at: wallTime * 1000,
        type,
      }),
      recheck()
    ),
  );
  const of = (id) => requests.findLast((request) => request.id === id) ?? {};
  cdp.on(
    "Network.requestWillBeSentExtraInfo",
    ({ requestId, headers }) =>
      (of(requestId).conditional = Object.keys(headers).some((name) => /^if-/i.test(name))),
  );
  cdp.on(
    "Network.responseReceivedExtraInfo",
    ({ requestId, statusCode }) => (of(requestId).status = statusCode),
  );
  cdp.on("Network.requestServedFromCache", ({ requestId }) => (of(requestId).cached = true));
  cdp.on("Network.responseReceived", ({ requestId, response }) =>
    Object.assign(of(requestId), {
      cached: of(requestId).cached || response.fromDiskCache,
      fetched: response.timing?.requestTime,
    }),
  );
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength, timestamp }) =>
    Object.assign(of(requestId), { bytes: encodedDataLength, ended: timestamp }),
  );
  await cdp.send("Page.addScriptToEvaluateOnNewDocument", {
    source: `new PerformanceObserver((list) => {
      const from = performance.getEntriesByType("navigation")[0]?.fetchStart ?? 0;
      for (const { name, startTime: at } of list.getEntries()) __mark(JSON.stringify({ name, at, from }));
    }).observe({ type: "mark", buffered: true });
    addEventListener("click", ({ timeStamp }) =>
      __mark(JSON.stringify({ name: "click", at: performance.timeOrigin + timeStamp })), true);
    const app = new MutationObserver(() => {
      if (!("app" in document.documentElement.dataset)) return;
      app.disconnect();
      performance.mark("app");
    });
    app.observe(document, { attributes: true, subtree: true, attributeFilter: ["data-app"] })`,
  });
  if (cpu) {
    await cdp.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: RTT,
      downloadThroughput: 200_000,
      uploadThroughput: 93_750,
      connectionType: "cellular4g",
    });
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: cpu });
  }
  const until = (test, what) =>
    test() ? undefined : within(new Promise((done) => wanted.push([test, done])), 30_000, what);
  const mark = async (name) => (
    await until(() => marks.some((one) => one.name === name), name),
    marks.find((one) => one.name === name)
  );
  const sends = async (text) => {
    await page.focus(FIELD);
    await cdp.send("Input.insertText", { text });
    await cdp.send("Input.dispatchKeyEvent", {
      type: "keyDown",
      key: "Enter",
      code: "Enter",
      windowsVirtualKeyCode: 13,
      text: "\r",
    });
    cdp
      .send("Input.dispatchKeyEvent", {
        type: "keyUp",
        key: "Enter",
        code: "Enter",
        windowsVirtualKeyCode: 13,
      })
      .catch(() => {});
  };
  const presses = async (text) => {
    await page.focus(FIELD);
    await cdp.send("Input.insertText", { text });
    const button = await page.$("form button");
    const { x, y } = await button.clickablePoint();
    const mouse = { x, y, button: "left", clickCount: 1 };
    await cdp.send("Input.dispatchMouseEvent", { ...mouse, type: "mousePressed" });
    await sleep(PRESS);
    cdp.send("Input.dispatchMouseEvent", { ...mouse, type: "mouseReleased" }).catch(() => {});
  };
  return { page, cdp, requests, until, mark, sends, presses, done: () => context.close().catch(() => {}) };
};

/** Whether a request is the authorization request. */
export const isAuthorize = ({ url, type }) => type === "Document" && /[?&]response_type=code/.test(url);
