import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueCertificate } from "../../scripts/local-certificate.ts";
import { countFailures } from "../../scripts/prove/exchanges.ts";
import { type Summary, Traffic } from "../../scripts/prove/traffic.ts";
import { ensureProgram } from "../../scripts/toolchain/ensure-toolchain.ts";
import { k6 } from "../../scripts/toolchain/versions.ts";
import { type Manners, startMisbehavingServer } from "../misbehaving-server.ts";

const directory = mkdtempSync(join(tmpdir(), "slipway-traffic-"));
const authority = {
  certificateFile: join(directory, "ca.pem"),
  keyFile: join(directory, "ca.key"),
};
const manners: Manners = { request: "well", webSocket: "stays" };
let traffic: Traffic;
let server: Awaited<ReturnType<typeof startMisbehavingServer>>;

/** What fails while the server has these manners. */
async function failuresWith(change: Partial<Manners>): Promise<Record<string, number>> {
  const wellBehaved = { ...manners };
  Object.assign(manners, change);
  await sleep(1500);
  const from = traffic.read().length;
  await sleep(1500);
  const found = countFailures(traffic.read().slice(from));
  Object.assign(manners, wellBehaved);
  return found;
}

beforeAll(async () => {
  const certificate = await issueCertificate(["localhost"], authority);
  server = await startMisbehavingServer(certificate, manners);
  const program = await ensureProgram(k6, { detail: () => {}, note: console.info });
  const { certificateFile: authorityFile } = authority;
  traffic = await Traffic.start({
    k6: program,
    httpsPort: server.port,
    requestsPerSecond: 100,
    authorityFile,
    directory,
  });
});

afterAll(() => {
  traffic?.kill();
  server?.close();
  rmSync(directory, { recursive: true });
});

describe("the load of the proof", () => {
  it("is 100 requests a second, of every kind, and none fails by itself", async () => {
    const from = traffic.read().length;
    await sleep(5000);
    const seen = traffic.read().slice(from);
    const share = (kind: string) => seen.filter((each) => each.kind === kind).length / 5;
    expect(share("GET")).toBeGreaterThan(60);
    expect(share("POST")).toBeGreaterThan(15);
    expect(share("0.8 s")).toBeGreaterThan(7);
    expect(share("GET") + share("POST") + share("0.8 s")).toBeLessThan(115);
    expect(countFailures(seen)).toEqual({});
    const orders = seen.flatMap(({ order }) => order ?? []);
    expect(new Set(orders).size).toBe(seen.filter(({ kind }) => kind === "POST").length);
    expect(seen.every(({ release }) => release === "aaaa")).toBe(true);
  });

  it.each(["status 500", "reset", "no release named"] as const)("counts: %s", async (request) => {
    const failures = await failuresWith({ request });
    expect(failures[`POST: ${request}`]).toBeGreaterThan(0);
    expect(failures[`GET: ${request}`]).toBeGreaterThan(0);
  });

  it("takes a clean close of a WebSocket for none, and connects again", async () => {
    for (const code of [1000, 1001, 1012]) {
      const from = traffic.read().length;
      expect(await failuresWith({ webSocket: code })).toEqual({});
      const ended = traffic
        .read()
        .slice(from)
        .filter(({ kind }) => kind === "WebSocket");
      expect(ended.length).toBeGreaterThan(10);
    }
  });

  it.each([
    ["lost", /^WebSocket 1006$/],
    ["refused", /^WebSocket bad handshake$/],
    [1011, /^WebSocket.*1011/],
  ] as const)("counts a WebSocket that ends otherwise: %s", async (webSocket, kind) => {
    const failures = Object.keys(await failuresWith({ webSocket }));
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(kind);
  });

  it("counts refused connections, and says itself how much it sent", async () => {
    server.close();
    await sleep(1000);
    const from = traffic.read().length;
    await sleep(1000);
    expect(countFailures(traffic.read().slice(from))["GET: refused"]).toBeGreaterThan(10);
    const summary: Summary = await traffic.stop();
    const read = traffic.exchanges.filter(({ kind }) => kind !== "WebSocket").length;
    expect(summary.requests).toBeGreaterThanOrEqual(read);
    expect(summary.requests - read).toBeLessThan(50);
    expect(summary.unsent).toBeLessThan(read / 20);
  });
});
