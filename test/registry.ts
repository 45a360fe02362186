import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hash } from "bcryptjs";
import { execa } from "execa";
import { stringify } from "yaml";
import { ensureProgram } from "../scripts/toolchain/ensure-toolchain.ts";
import { registry } from "../scripts/toolchain/versions.ts";

export interface Registry {
  /** Host and port, as references of its images begin. */
  address: string;
  username: string;
  password: string;
  /** For DOCKER_CONFIG: there the Docker client is logged in to this registry, and nowhere else. */
  clientDirectory: string;
  /** Pushes an image as `name:tag` and returns `address/name@sha256:<64 hex digits>`. The engine keeps no such name. */
  push(image: string, tag: string): Promise<string>;
  /** Gives a tag to the image of another one, without the engine's help. */
  move(name: string, from: string, to: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an image registry that asks for a password, on a free port of the loopback interface. */
export async function startRegistry(): Promise<Registry> {
  const binary = await ensureProgram(registry, { detail: () => {}, note: console.info });
  const directory = mkdtempSync(join(tmpdir(), "slipway-registry-"));
  const at = (name: string) => join(directory, name);
  const username = "deployer";
  const password = randomBytes(16).toString("hex");
  writeFileSync(at("htpasswd"), `${username}:${await hash(password, 4)}\n`);
  writeFileSync(
    at("config.yml"),
    stringify({
      version: 0.1,
      storage: { filesystem: { rootdirectory: at("images") } },
      http: { addr: "127.0.0.1:0", secret: randomBytes(16).toString("hex") },
      auth: { htpasswd: { realm: "tests", path: at("htpasswd") } },
    }),
  );
  const log = at("log");
  const server = spawn(binary, ["serve", at("config.yml")], {
    env: { OTEL_TRACES_EXPORTER: "none" },
    stdio: ["ignore", "ignore", openSync(log, "w")],
  });
  const ended = once(server, "exit");
  const address = await addressIn(log, server);

  const clientDirectory = at("client");
  const client = execa({ env: { DOCKER_CONFIG: clientDirectory } });
  const login = ["login", "--username", username, "--password-stdin", address];
  await client("docker", login, { input: password });
  return {
    ...{ address, username, password, clientDirectory },
    async push(image, tag) {
      const reference = `${address}/${tag}`;
      await client("docker", ["image", "tag", image, reference]);
      const { stdout } = await client("docker", ["image", "push", reference]);
      await client("docker", ["image", "rm", reference]);
      const digest = /digest: (sha256:[0-9a-f]{64})/.exec(stdout)?.[1];
      return `${address}/${tag.split(":")[0]}@${digest}`;
    },
    async move(name, from, to) {
      const at = (tag: string) => `http://${address}/v2/${name}/manifests/${tag}`;
      const authorization = `Basic ${btoa(`${username}:${password}`)}`;
      const types = [
        "docker.distribution.manifest.v2",
        "oci.image.manifest.v1",
        "oci.image.index.v1",
      ];
      const accept = types.map((type) => `application/vnd.${type}+json`).join(", ");
      const manifest = await fetch(at(from), { headers: { authorization, accept } });
      const headers = { authorization, "content-type": manifest.headers.get("content-type") ?? "" };
      const moved = await fetch(at(to), { method: "PUT", headers, body: await manifest.text() });
      if (!moved.ok)
        throw new Error(`the registry answered ${moved.status}: ${await moved.text()}`);
    },
    async stop() {
      server.kill();
      await ended;
      rmSync(directory, { recursive: true });
    },
  };
}

/** Waits until the server says where it listens. */
async function addressIn(log: string, server: { exitCode: number | null }): Promise<string> {
  for (;;) {
    const said = readFileSync(log, "utf8");
    const address = /listening on (127\.0\.0\.1:\d+)/.exec(said)?.[1];
    if (address) return address;
    if (server.exitCode !== null) throw new Error(`the registry ended: ${said}`);
    await sleep(20);
  }
}
