import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll } from "vitest";

/** Runs the Docker client and returns what it printed; throws when it fails. */
export async function docker(...args: string[]): Promise<string> {
  return (await execa("docker", args, { all: true })).all;
}

/** Asks again after each pause until the answer is not undefined. */
export async function until<T>(
  ask: () => Promise<T | undefined>,
  seconds = 120,
  pauseMilliseconds = 200,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${ask}`);
    await sleep(pauseMilliseconds);
  }
}

/** Makes containers and volumes with random names, which go when the tests of the file are over. */
export function throwAway() {
  const made = { containers: [] as string[], volumes: [] as string[] };
  const name = (kind: string) => `slipway-test-${kind}-${randomBytes(4).toString("hex")}`;
  afterAll(async () => {
    if (made.containers.length > 0) await docker("rm", "--force", "--volumes", ...made.containers);
    if (made.volumes.length > 0) await docker("volume", "rm", "--force", ...made.volumes);
  });
  return {
    /** Starts a container and returns its name. Words before the image are flags of `docker run`. */
    async container(...words: string[]): Promise<string> {
      const container = name("container");
      made.containers.push(container);
      await docker("run", "--detach", "--name", container, ...words);
      return container;
    },
    async volume(): Promise<string> {
      const volume = name("volume");
      made.volumes.push(volume);
      await docker("volume", "create", volume);
      return volume;
    },
  };
}

/** Writes a file into a volume as root by the helper's own tools, with mode 0400 unless given, for `owner`. */
export async function writeFile(
  helper: string,
  volume: string,
  file: { path: string; content: string; owner: string; mode?: string },
): Promise<void> {
  const script = 'cat >"/v/$1" && chown "$2" /v "/v/$1" && chmod "$3" "/v/$1"';
  const { path, content, owner, mode = "0400" } = file;
  await execa(
    "docker",
    [
      "run",
      "--rm",
      "--interactive",
      "--volume",
      `${volume}:/v`,
      helper,
      "sh",
      "-euc",
      script,
    ].concat(["write", path, owner, mode]),
    { input: content },
  );
}

/** Waits for the end of a container; how it ended and what it printed. */
export async function ending(container: string): Promise<{ code: number; log: string }> {
  const code = Number(await docker("wait", container));
  return { code, log: await docker("logs", container) };
}

/** The address on the engine's default network. */
export function addressOf(container: string): Promise<string> {
  return docker("inspect", "--format", "{{.NetworkSettings.Networks.bridge.IPAddress}}", container);
}

/** The address of this machine that containers reach. An engine's first start does not say it of its network. */
export async function gatewayAddress(): Promise<string> {
  const { stdout } = await execa("ip", ["-json", "-4", "address", "show", "docker0"]);
  return JSON.parse(stdout)[0].addr_info[0].local;
}

/** As the components run everything. */
export const hardened = [
  "--read-only",
  "--cap-drop=ALL",
  "--security-opt=no-new-privileges",
  "--init",
];
