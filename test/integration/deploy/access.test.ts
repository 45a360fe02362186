import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveImages } from "../../../scripts/images/resolve-images.ts";
import { issueCertificate } from "../../../scripts/local-certificate.ts";
import type { TestStack } from "../stack.ts";
import { type Deployments, makeDeployments } from "./deployments.ts";

let tiny: Deployments;

beforeAll(async () => {
  tiny = await makeDeployments((config) =>
    config.setIn(["config", "slipway:services", "web", "probes", "smoke"], ["/smoke"]),
  );
  await giveCertificate(tiny.stack);
  const authority = { certificates: "acme", email: "ops@example.com" };
  for (const [key, value] of Object.entries(authority)) tiny.configure({ [`edge.${key}`]: value });
  tiny.configure({ tls: undefined, "deploy.certificateSeconds": 5 });
  await tiny.deployWell();
});
/** The edge finds a certificate for `localhost` in its store, as one that an authority gave it before. */
async function giveCertificate({ name, files }: TestStack): Promise<void> {
  const authority = ["authority.pem", "authority.key"].map((file) => join(files, file));
  const [certificateFile, keyFile] = authority as [string, string];
  const pem = await issueCertificate(["localhost"], { certificateFile, keyFile });
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const stored = { certificate: base64(pem.certificate), key: base64(pem.key), Store: "default" };
  const content = { acme: { Certificates: [{ domain: { main: "localhost" }, ...stored }] } };
  const directory = `/var/lib/slipway/edges/edge-${name}/acme`;
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  const words = ["--rm", "--interactive", "--volume", "/var/lib/slipway:/var/lib/slipway", helper];
  const script =
    'mkdir -p "$1"; cat >"$1/acme.json"; chmod 600 "$1/acme.json"; chown -R 65532:65532 "$1"';
  await execa("docker", ["run", ...words, "sh", "-euc", script, "store", directory], {
    input: JSON.stringify(content),
  });
}

afterAll(() => tiny?.stack.takeDown());

async function statusFor(user?: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(user ?? "").toString("base64")}`;
  return (await tiny.stack.ask("/", user ? { headers: { authorization } } : {})).status;
}

describe("slipway:access", () => {
  it("asks for a password, and not the deploy's own smoke test", async () => {
    const words = [
      "config",
      "set",
      "--secret",
      "--path",
      "slipway:access.users.ada",
      "long enough",
    ];
    await tiny.stack.pulumi(...words);
    const release = await tiny.deployWell();
    expect(await statusFor()).toBe(401);
    expect(await statusFor("ada:wrong")).toBe(401);
    const authorization = `Basic ${Buffer.from("ada:long enough").toString("base64")}`;
    const answer = await tiny.stack.ask("/", { headers: { authorization } });
    expect(answer).toMatchObject({ status: 200, body: release });

    const failed = await tiny.deploy({ SMOKE_STATUS: 500 });
    expect(failed.exitCode).not.toBe(0);
    expect(failed.all).toMatch(/the smoke test \S+ answered 500/);
    expect(tiny.live()).toBe(release);
    expect(await statusFor("ada:long enough")).toBe(200);
    expect(await statusFor()).toBe(401);
    tiny.configure({ "access.users": undefined });
  });

  it("refuses addresses that are not listed, and not the deploy's own", async () => {
    tiny.configure({ "access.addresses": ["203.0.113.0/24"] });
    await tiny.deployWell();
    expect(await statusFor()).toBe(403);
    // What holds back a client is nothing that it could say of itself.
    const headers = { "x-forwarded-for": "203.0.113.7", "x-slipway-probe": "guessed" };
    expect((await tiny.stack.ask("/", { headers })).status).toBe(403);
    tiny.configure({ "access.addresses": ["127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] });
    const { exitCode, all } = await tiny.up();
    expect(exitCode, all).toBe(0);
    expect(await statusFor()).toBe(200);
    tiny.configure({ "access.addresses": undefined });
  });
});

describe("a maintenance page", () => {
  it("stands before a deploy that works behind it, and stays", async () => {
    const before = await tiny.deployWell();
    const words = ["--stack", tiny.stack.name];
    const on = await tiny.stack.script("set-maintenance.ts", "on", ...words);
    expect(on.exitCode, on.all).toBe(0);
    const failed = await tiny.deploy({ SMOKE_STATUS: 500 });
    expect(failed.exitCode).not.toBe(0);
    expect(failed.all).toMatch(/the smoke test \S+ answered 500/);
    expect(tiny.live()).toBe(before);
    const release = await tiny.deployWell();
    expect(release).not.toBe(before);
    expect(await statusFor()).toBe(503);
    await tiny.stack.script("set-maintenance.ts", "off", ...words);
    expect(await tiny.stack.ask("/")).toMatchObject({ status: 200, body: release });
  });
});

describe("a certificate that the authority does not give", () => {
  it("ends the deploy when its time is over, and the names before serve on", async () => {
    const before = tiny.live();
    tiny.configure({ "services.web.hosts": ["localhost", "new.localhost"] });
    const { exitCode, all, events } = await tiny.deploy();
    expect(exitCode).not.toBe(0);
    const line =
      /the edge got no certificate for new.localhost within 5 seconds: .+; does the name lead to this host, and does the authority get through to it\?/;
    expect(all).toMatch(line);
    expect(events.find(({ event }) => event === "failed")?.reason).toMatch(line);
    expect(await tiny.stack.ask("/")).toMatchObject({ status: 200, body: before });
    tiny.configure({ "services.web.hosts": ["localhost"] });
    await tiny.deployWell();
  });
});
