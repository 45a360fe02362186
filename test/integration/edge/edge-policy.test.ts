import { readFileSync } from "node:fs";
import { type IncomingHttpHeaders, request as plainRequest } from "node:http";
import { connect as connectOverHttp2 } from "node:http2";
import { type RequestOptions, request } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ConnectionOptions, connect, DEFAULT_CIPHERS, getCiphers } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { docker } from "../../throw-away.ts";
import type { TestStack } from "../stack.ts";
import { makeTinyStack } from "../tiny-stack.ts";
import { edgeApp } from "./edge-app.ts";

const megabyte = 1024 * 1024;
let stack: TestStack;

beforeAll(async () => {
  stack = await makeTinyStack(await edgeApp(), (config) => {
    const put = (key: string, value: unknown) =>
      config.setIn(["config", ...`slipway:${key}`.split(".")], config.createNode(value));
    put("edge.maxHeaderKilobytes", 16);
    put("http", {
      hsts: { seconds: 63072000, subdomains: true },
      securityHeaders: true,
      rateLimit: { perSecond: 50, burst: 200 },
      maxBodyMegabytes: 1,
    });
    put("services.web.redirects", { "www.localhost": "localhost" });
    put("services.web.hidden", ["/metrics", "/docs", "/openapi.json", "/hidden/smoke"]);
    put("services.web.probes.smoke", ["/hidden/smoke"]);
  });
  await stack.up();
});

afterAll(() => stack?.takeDown());

const authority = () => readFileSync(join(stack.files, "authority.pem"));

/** The suite, group and version that a handshake ends with, or undefined where the edge refuses it. */
function handshake(options: ConnectionOptions): Promise<string[] | undefined> {
  const { promise, resolve } = Promise.withResolvers<string[] | undefined>();
  const socket = connect({
    ...{ host: "127.0.0.1", port: stack.httpsPort, servername: "localhost", ca: authority() },
    ...options,
  });
  socket.once("secureConnect", () => {
    resolve([socket.getCipher().name, socket.getProtocol() ?? ""]);
    socket.destroy();
  });
  socket.once("error", () => resolve(undefined));
  return promise;
}

describe("TLS", () => {
  /** Old versions and suites are for those only who lower what OpenSSL itself asks for. */
  const anything = ":@SECLEVEL=0";
  const only = (version: "TLSv1.1" | "TLSv1.2" | "TLSv1.3") => ({
    ...{ minVersion: version, maxVersion: version },
  });

  it("has no version before 1.2", async () => {
    const ciphers = `${DEFAULT_CIPHERS}${anything}`;
    expect(await handshake({ ...only("TLSv1.1"), ciphers })).toBeUndefined();
    expect(await handshake({ ...only("TLSv1.2"), ciphers })).toContain("TLSv1.2");
    expect(await handshake(only("TLSv1.3"))).toContain("TLSv1.3");
  });

  it("has of TLS 1.2 the suites of Mozilla's intermediate profile alone", async () => {
    const all = getCiphers().filter((name) => !name.startsWith("tls_"));
    expect(all.length).toBeGreaterThan(40);
    const tried = await Promise.all(
      all.map((name) =>
        handshake({ ...only("TLSv1.2"), ciphers: `${name.toUpperCase()}${anything}` }),
      ),
    );
    // The suites with RSA need a certificate with a key of RSA; the authority of tests has none.
    expect([...new Set(tried.flatMap((each) => each?.[0] ?? []))].sort()).toEqual([
      "ECDHE-ECDSA-AES128-GCM-SHA256",
      "ECDHE-ECDSA-AES256-GCM-SHA384",
      "ECDHE-ECDSA-CHACHA20-POLY1305",
    ]);
  });

  it("has the groups of that profile, the one that quantum computers do not break among them", async () => {
    const group = (ecdhCurve: string) => handshake({ ...only("TLSv1.3"), ecdhCurve });
    for (const each of ["X25519MLKEM768", "X25519", "P-256", "P-384"])
      expect(await group(each), each).toBeDefined();
    expect(await group("P-521")).toBeUndefined();
  });

  it("is where plain HTTP is sent for good", async () => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown[]>();
    const options = { port: stack.httpPort, path: "/a?b=1", headers: { host: "localhost" } };
    plainRequest({ host: "127.0.0.1", ...options }, ({ statusCode, headers }) =>
      resolve([statusCode, headers.location]),
    )
      .once("error", reject)
      .end();
    expect(await promise).toEqual([301, `https://localhost:${stack.httpsPort}/a?b=1`]);
  });
});

describe("headers", () => {
  it("tell browsers to keep to HTTPS, also where a request is sent on or refused", async () => {
    const answers = [
      await stack.ask("/"),
      await stack.ask("/", { host: "www.localhost" }).catch(() => undefined),
    ];
    for (const answer of answers)
      expect(answer?.headers["strict-transport-security"]).toBe(
        "max-age=63072000; includeSubDomains",
      );
    expect(answers[1]?.status).toBe(301);
  });

  it("of security take the place of the application's own", async () => {
    expect((await stack.ask("/")).headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "strict-origin-when-cross-origin",
    });
  });

  it("of a request may be as large as the edge's owner says", async () => {
    const status = async (kilobytes: number) =>
      (await stack.ask("/", { headers: { "x-large": "x".repeat(kilobytes * 1024) } })).status;
    expect(await status(12)).toBe(200);
    expect(await status(32)).toBe(431);
  });
});

/** A request whose path goes out as it is, with a body as it is. */
function send(path: string, options: RequestOptions = {}, body: Buffer[] = []) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    headers: IncomingHttpHeaders;
    body: string;
  }>();
  const outgoing = request(
    {
      ...{ host: "127.0.0.1", port: stack.httpsPort, servername: "localhost", ca: authority() },
      ...{ path, timeout: 10_000, ...options },
      headers: { host: `localhost:${stack.httpsPort}`, ...options.headers },
    },
    (response) => {
      let text = "";
      response.on("data", (part) => {
        text += part;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    },
  );
  // The edge may have answered before it has all of a body.
  outgoing.on("error", (error) => setTimeout(reject, 1000, error));
  for (const part of body) outgoing.write(part);
  outgoing.end();
  return promise;
}

describe("hidden paths", () => {
  it.each([
    ...["/metrics", "/metrics/", "//metrics", "/%6detrics", "/METRICS", "/metrics/../metrics"],
    ...[
      "/./metrics",
      "/x/../metrics",
      "/%2Fmetrics",
      "/metrics%2F",
      "/metrics;x=1",
      "/metrics?a=1",
    ],
    ...["/x%2F..%2Fmetrics", "/x/%2e%2e/metrics", "/metrics%00", "/metrics%20", "/%4D%45trics"],
    ...["/docs/oauth2-redirect", "/docs%2Foauth2-redirect", "/openapi.json", "/openapi%2Ejson"],
    ...["/hidden%2fsmoke", "/hidden//smoke"],
  ])("are not found: %s", async (path) => {
    const { status, body } = await send(path);
    // An application's own 404 would not do: nothing may get there.
    expect([status, body]).toEqual([404, "404 page not found\n"]);
  });

  it("keep nobody from others, and the switch from none", async () => {
    expect((await send("/metricsy")).status).toBe(200);
    expect((await send("/v1/metrics")).body).toBe("/v1/metrics 0");
  });
});

describe("bodies", () => {
  const part = Buffer.alloc(64 * 1024, "x");
  const chunked = { method: "POST" };
  const long = (bytes: number) => ({ method: "PUT", headers: { "content-length": bytes } });

  it("are let through up to what is allowed", async () => {
    const body = Array<Buffer>(16).fill(part);
    expect((await send("/", long(megabyte), body)).body).toBe(`/ ${megabyte}`);
    expect((await send("/", chunked, body)).body).toBe(`/ ${megabyte}`);
  });

  it("are refused beyond, also when they do not say how long they are", async () => {
    const { status, headers } = await send("/", long(megabyte + 1));
    expect(status).toBe(413);
    expect(headers["strict-transport-security"]).toContain("max-age=63072000");
    expect((await send("/", long(100 * megabyte))).status).toBe(413);
    expect((await send("/", chunked, Array<Buffer>(40).fill(part))).status).toBe(413);
  });
});

describe("over HTTP/2", () => {
  /** The status of a request, whose body has no length of its own there unless it is said. */
  async function status(path: string, body?: Buffer, length?: number): Promise<unknown> {
    const session = connectOverHttp2(`https://localhost:${stack.httpsPort}`, { ca: authority() });
    try {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      session.once("error", reject);
      const headers = length === undefined ? {} : { "content-length": length };
      const method = body ? "POST" : "GET";
      const stream = session.request({ ":path": path, ":method": method, ...headers });
      stream.once("response", (answer) => resolve(answer[":status"]));
      // The edge may have answered before it has all of a body.
      stream.on("error", (error) => setTimeout(reject, 1000, error));
      stream.end(body);
      return await promise;
    } finally {
      session.destroy();
    }
  }

  it("hidden paths are not found, and bodies have the same limit", async () => {
    expect(await status("/")).toBe(200);
    expect(await status("/docs%2Foauth2-redirect")).toBe(404);
    expect(await status("/", Buffer.alloc(megabyte))).toBe(200);
    expect(await status("/", Buffer.alloc(2 * megabyte))).toBe(413);
    expect(await status("/", Buffer.alloc(2 * megabyte), 2 * megabyte)).toBe(413);
  });
});

describe("with all limits on", () => {
  it.each(["GET", "POST"])("the answer to %s comes as it is made", async (method) => {
    const { promise, resolve, reject } = Promise.withResolvers<number[]>();
    const began = performance.now();
    const options = { host: "127.0.0.1", port: stack.httpsPort, servername: "localhost" };
    const headers = { host: "localhost", ...(method === "POST" ? { "content-length": 0 } : {}) };
    request({ ...options, ca: authority(), path: "/stream", method, headers }, (response) => {
      const times: number[] = [];
      response.on("data", () => times.push(performance.now() - began));
      response.on("end", () => resolve(times));
    })
      .once("error", reject)
      .end();
    const times = await promise;
    expect(times).toHaveLength(4);
    // 2.8 s for all of it.
    expect((times[3] as number) - (times[0] as number)).toBeGreaterThan(1000);
  });

  it("a WebSocket talks", async () => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const headers = {
      ...{ host: "localhost", connection: "Upgrade", upgrade: "websocket" },
      ...{ "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" },
    };
    const options = { host: "127.0.0.1", port: stack.httpsPort, servername: "localhost" };
    request({ ...options, ca: authority(), path: "/ws", headers })
      .once("error", reject)
      .once("response", ({ statusCode }) => reject(new Error(`answered ${statusCode}`)))
      .once("upgrade", (_, socket) => {
        socket.once("data", (frame) => {
          resolve(frame.subarray(2).toString());
          socket.destroy();
        });
        // Masked by nothing but zeros.
        socket.write(Buffer.concat([Buffer.from([0x81, 0x85, 0, 0, 0, 0]), Buffer.from("hello")]));
      })
      .end();
    expect(await promise).toBe("hello");
  });

  it("one address gets no more than its rate", async () => {
    await sleep(1000);
    const statuses = await Promise.all(
      Array.from({ length: 400 }, async () => (await send("/")).status),
    );
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(200);
    expect(statuses).toContain(429);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    await sleep(1000);
    expect((await send("/")).status).toBe(200);
  });

  it("the edge stays as it is", async () => {
    const state = "{{.State.Running}} {{.RestartCount}}";
    expect(await docker("inspect", "--format", state, `slipway-edge-${stack.name}`)).toBe("true 0");
  });
});
