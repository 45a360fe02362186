import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Deployments, makeDeployments } from "./deployments.ts";

let tiny: Deployments;

beforeAll(async () => {
  tiny = await makeDeployments((config) => {
    config.setIn(["config", "slipway:edge", "email"], "ops@example.com");
    config.setIn(["config", "slipway:services", "web", "probes", "smoke"], ["/smoke"]);
  });
  await tiny.deployWell();
});
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
    const tls = parse(readFileSync(tiny.stack.configFile, "utf8")).config["slipway:tls"];
    tiny.configure({
      ...{ "edge.certificates": "acme", "deploy.certificateSeconds": 3, tls: undefined },
      "services.web.hosts": ["localhost", "new.localhost"],
    });
    const { exitCode, all, events } = await tiny.deploy();
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(/the edge got no certificate for \S+ within 3 seconds: .* port 80 .*$/m);
    expect(events.find(({ event }) => event === "failed")?.reason).toMatch(/got no certificate/);
    expect(await tiny.stack.ask("/")).toMatchObject({ status: 200, body: before });
    tiny.configure({ "edge.certificates": "provided", tls, "services.web.hosts": ["localhost"] });
    const { exitCode: next, all: said } = await tiny.up();
    expect(next, said).toBe(0);
  });
});
