import { execa } from "execa";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { type SshServer, startSshServer } from "../plugins/ssh-server.ts";
import { startRegistry } from "../registry.ts";
import { removeImages, smallImage } from "../small-image.ts";
import type { TestStack } from "./stack.ts";
import { makeTinyStack } from "./tiny-stack.ts";

let server: SshServer;
let stack: TestStack;
let images: string[];
let helper: string;

/** The host is this machine, over SSH: what is not done by SSH would work as well, so connections are counted. */
beforeAll(async () => {
  helper = (await resolveImages({ detail: () => {}, note: console.info })).helper;
  images = await Promise.all(["first", "second"].map((text) => smallImage(helper, text)));
  // The limits that sshd has by default.
  server = await startSshServer([], []);
  stack = await makeTinyStack(images[0] as string, (config) => {
    const { host: address, port, user, hostKeys } = server;
    const hostKey = withoutComment(hostKeys.ed25519);
    config.setIn(["config", "slipway:host"], config.createNode({ address, port, user, hostKey }));
  });
  await setSecret("host.privateKey", server.privateKey);
});

afterAll(async () => {
  await stack?.takeDown();
  await server?.stop();
  await removeImages(...images);
});

function withoutComment(key: string): string {
  return key.split(" ").slice(0, 2).join(" ");
}

async function set(path: string, value: string): Promise<void> {
  await stack.pulumi("config", "set", "--path", `slipway:${path}`, value);
}

async function setSecret(path: string, value: string): Promise<void> {
  const running = stack.pulumi("config", "set", "--secret", "--path", `slipway:${path}`);
  running.stdin.end(value);
  expect((await running).exitCode).toBe(0);
}

const texts = async () => (await stack.ask("/")).body.trim();

describe("over SSH", () => {
  it("a deploy and the next one work, and the private key is nowhere in the state", async () => {
    const before = server.accepted();
    await stack.up();
    expect(await texts()).toBe("first");
    expect(server.accepted()).toBeGreaterThan(before);
    await set("app.image", images[1] as string);
    await stack.up();
    expect(await texts()).toBe("second");
    const { stdout } = await stack.pulumi("stack", "export");
    expect(stdout).toContain("KnownHostsCommand=/bin/echo");
    expect(stdout).not.toContain(server.privateKey.split("\n")[1]);
  });

  it("the daily commands work", async () => {
    const before = server.accepted();
    const { all, exitCode } = await stack.script("show-status.ts");
    expect(exitCode, all).toBe(0);
    expect(all).toMatch(/web.*running/);
    const exec = await stack.script("run-command.ts", "echo", "in there");
    expect(exec.stdout, exec.all).toBe("in there");
    const recovered = await stack.script("recover-stack.ts");
    expect(recovered.exitCode, recovered.all).toBe(0);
    expect(server.accepted()).toBeGreaterThan(before);
  });

  it("a preview needs no host", async () => {
    const before = server.accepted();
    const { all, exitCode } = await stack.pulumi("preview");
    expect(exitCode, all).toBe(0);
    expect(server.accepted()).toBe(before);
  });
});

it("the host pulls with the stack's credentials, which neither the state nor the host itself has", async () => {
  const registry = await startRegistry();
  try {
    const image = await smallImage(helper, "pulled");
    const reference = await registry.push(image, "team/web:pulled");
    await removeImages(image);
    images.push(reference);
    const anonymous = await execa("docker", ["pull", reference], { reject: false });
    expect(anonymous.stderr).toContain("no basic auth credentials");
    await set("transport", "pull");
    await set("app.image", reference);
    await set(`registries["${registry.address}"].username`, registry.username);
    await setSecret(`registries["${registry.address}"].password`, registry.password);
    const before = server.accepted();
    const said = await stack.up();
    expect(await texts()).toBe("pulled");
    expect(server.accepted()).toBeGreaterThan(before);
    const { stdout: state } = await stack.pulumi("stack", "export");
    for (const each of [said, state]) expect(each).not.toContain(registry.password);
  } finally {
    await registry.stop();
  }
});

describe("what cannot work ends at once, and says what to do", () => {
  /** Deploys with another setting of the host, which is put back, and returns what the deploy said. */
  async function withHost(key: string, value: string): Promise<{ said: string; seconds: number }> {
    const config = await stack.pulumi("config", "get", "--path", `slipway:host.${key}`);
    const isSecret = key === "privateKey";
    await (isSecret ? setSecret : set)(`host.${key}`, value);
    const began = Date.now();
    await set("settings.ROUND", String(began));
    const { exitCode, all } = await stack.pulumi("up", "--yes", "--skip-preview");
    await (isSecret ? setSecret : set)(`host.${key}`, config.stdout);
    expect(exitCode, all).not.toBe(0);
    return { said: all, seconds: (Date.now() - began) / 1000 };
  }

  it("a host with another key gets no command", async () => {
    const other = ssh2.utils.generateKeyPairSync("ed25519").public;
    const before = server.accepted();
    const { said } = await withHost("hostKey", withoutComment(other));
    expect(said).toContain("shows another key than host.hostKey, so nothing was sent to it");
    expect(server.accepted()).toBe(before);
  });

  it("a key that the host does not know", async () => {
    const { said } = await withHost(
      "privateKey",
      ssh2.utils.generateKeyPairSync("ed25519").private,
    );
    expect(said).toContain(`does not let ${server.user} in by the key host.privateKey`);
  });

  it("a host that is away", async () => {
    const { said, seconds } = await withHost("port", String(await freePort()));
    expect(said).toContain("does not answer to SSH");
    expect(seconds).toBeLessThan(30);
  });
});
