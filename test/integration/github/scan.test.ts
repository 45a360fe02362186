import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { issueCertificate } from "../../../scripts/local-certificate.ts";

const script = join(import.meta.dirname, "../../../scripts/pipeline/scan-image.sh");
const directory = mkdtempSync(join(tmpdir(), "slipway-scan-"));
const asked: string[] = [];
let server: ReturnType<typeof createServer>;

beforeAll(async () => {
  const authority = {
    certificateFile: join(directory, "authority.pem"),
    keyFile: join(directory, "authority.key"),
  };
  const { certificate: cert, key } = await issueCertificate(["github.com"], authority);
  // An archive that has the program, and is another one than was released.
  writeFileSync(join(directory, "grype"), `#!/bin/sh\ntouch ${directory}/ran\n`, { mode: 0o755 });
  const { stdout: archive } = await execa("tar", ["--create", "--gzip", "grype"], {
    ...{ cwd: directory, encoding: "buffer" },
  });
  server = createServer({ cert, key }, ({ url = "" }, response) => {
    asked.push(url);
    response.end(archive);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const lines = [`connect-to = "github.com:443:127.0.0.1:${port}"`, 'noproxy = "*"'];
  lines.push(`cacert = "${authority.certificateFile}"`);
  writeFileSync(join(directory, ".curlrc"), lines.join("\n"));
});
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

it("runs no scanner but the one that was released", async () => {
  const { exitCode, all } = await execa(script, ["shop:latest"], {
    ...{ cwd: directory, all: true, reject: false },
    env: { RUNNER_TEMP: directory, CURL_HOME: directory, PATH: "/usr/bin:/bin" },
  });
  expect(exitCode).toBe(1);
  expect(existsSync(join(directory, "ran"))).toBe(false);
  expect(asked).toEqual([
    expect.stringMatching(/^\/anchore\/grype\/releases\/download\/v[\d.]+\/grype_[\w.]+\.tar\.gz$/),
  ]);
  expect(all).toMatch(
    /^slipway: grype_[\w.]+ has the checksum [0-9a-f]{64} and not [0-9a-f]{64}: nothing of it is run$/,
  );
});
