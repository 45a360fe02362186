import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { issueCertificate } from "../../scripts/local-certificate.ts";
import type { Answer } from "../../scripts/performance/deploys/asking-client.ts";
import { failures, watch, whollyWith } from "../../scripts/performance/deploys/traffic.ts";

const old = (at: number): Answer => ({ at, took: 1, status: 200, version: "1" });
const own = (at: number): Answer => ({ at, took: 1, status: 200, version: "2" });
const none = (at: number): Answer => ({ at, took: 1, status: 0 });

describe("traffic is wholly with a version", () => {
  test("from the last answer of the one before", () => {
    expect(whollyWith("2", [old(1), own(2), old(3), own(4), own(5)])).toBe(3);
  });

  test("from the last answer that did not come, or was an error of its own", () => {
    expect(whollyWith("2", [old(1), own(2), none(3), own(4)])).toBe(3);
    expect(whollyWith("2", [old(1), { ...own(2), status: 500 }, own(4)])).toBe(2);
  });

  test("never when it did not answer at the end", () => {
    expect(() => whollyWith("2", [own(1), old(2)])).toThrow("not answered by version 2");
  });

  test("at no known time when nobody else ever answered", () => {
    expect(() => whollyWith("2", [own(1)])).toThrow("from the beginning");
  });
});

test("a request fails by an error, by silence, and by an answer of somebody else", () => {
  const stranger: Answer = { at: 4, took: 1, status: 200 };
  const refused: Answer = { ...own(3), status: 503 };
  expect(failures([old(1), none(2), refused, stranger])).toEqual([none(2), refused, stranger]);
});

describe("the client", () => {
  const directory = mkdtempSync(join(tmpdir(), "slipway-traffic-"));
  let server: Server;
  let url: string;
  let authority: string;
  let version = "1";
  let connections = 0;
  let dropped = 0;

  beforeAll(async () => {
    const files = {
      certificateFile: join(directory, "authority.pem"),
      keyFile: join(directory, "authority.key"),
    };
    const { certificate, key } = await issueCertificate(["localhost"], files);
    authority = readFileSync(files.certificateFile, "utf8");
    server = createServer({ cert: certificate, key }, (_, response) => {
      if (version === "gone") {
        dropped++;
        response.destroy();
      } else response.writeHead(200, { "x-bench-version": version }).end();
    });
    server.on("secureConnection", () => connections++);
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    url = `https://localhost:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server.close();
    rmSync(directory, { recursive: true });
  });

  test("sees who answers before and after, on connections that it keeps", async () => {
    const { result, answers } = await watch(url, authority, async () => {
      version = "2";
      return Date.now();
    });
    expect(failures(answers)).toEqual([]);
    expect(answers.length).toBeGreaterThan(20);
    expect(connections).toBeLessThanOrEqual(16);
    expect(Math.abs(whollyWith("2", answers) - result)).toBeLessThan(100);
  });

  test("notes every answer that does not come", async () => {
    const { answers } = await watch(url, authority, async () => {
      version = "gone";
      await vi.waitUntil(() => dropped >= 5);
      version = "3";
    });
    expect(failures(answers)).toHaveLength(dropped);
    expect(failures(answers).every(({ status }) => status === 0)).toBe(true);
  });

  test("asks nobody once what it watches has thrown", async () => {
    await expect(watch(url, authority, () => Promise.reject(new Error("no")))).rejects.toThrow(
      "no",
    );
    const before = connections;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(connections).toBe(before);
  });
});
