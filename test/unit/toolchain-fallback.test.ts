import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { DownloadSite } from "../../scripts/toolchain/download-part.ts";
import { type OfficialArchive, pulumi } from "../../scripts/toolchain/versions.ts";

const archive = pulumi.official as OfficialArchive;

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A port that accepts connections and never says a word, as a firewall's proxy may. */
async function muteServer() {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as { port: number };
  return { server, base: `http://127.0.0.1:${port}` };
}

test("a site that refuses connections has no archive", async () => {
  const { server, base } = await muteServer();
  server.close();
  await once(server, "close");
  vi.stubEnv("SLIPWAY_DOWNLOAD_BASE", base);
  const site = new DownloadSite();
  expect(await site.checksum(archive)).toBeUndefined();
  expect(site.reachable).toBe(false);
});

test("a site that never answers is given up within 4 seconds, once", async () => {
  const { server, base } = await muteServer();
  vi.stubEnv("SLIPWAY_DOWNLOAD_BASE", base);
  const site = new DownloadSite();
  const started = performance.now();
  expect(await site.checksum(archive)).toBeUndefined();
  expect(await site.checksum(archive)).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(4000);
  server.close();
});

test("SLIPWAY_DOWNLOAD_BASE=off asks nobody", async () => {
  vi.stubEnv("SLIPWAY_DOWNLOAD_BASE", "off");
  expect(await new DownloadSite().checksum(archive)).toBeUndefined();
});
