import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ensureDocker } from "../../scripts/ensure-docker.ts";
import { Failure } from "../../scripts/failure.ts";

const report = { detail() {}, note() {} };
let programs = "";

beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), "slipway-test-path-"));
  vi.stubEnv("PATH", programs);
  vi.stubEnv("DOCKER_HOST", undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(programs, { recursive: true });
});

/** Puts a program on the PATH, which holds nothing else. */
const program = (name: string, script: string) => {
  writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(programs, name), 0o755);
};

/** A client whose engine answers, and describes itself so. */
const engine = (info: object) => {
  const whole = {
    ServerVersion: "28.2.2",
    OSType: "linux",
    MemTotal: 4e9,
    DockerRootDir: "/",
    ...info,
  };
  program("docker", `[ "$1" = version ] || echo '${JSON.stringify(whole)}'`);
};

const refusal = async () => {
  const error = await ensureDocker(report).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Failure);
  const { message } = error as Failure;
  expect(message).not.toContain("\n");
  return message;
};

test("an engine with room for everything is taken as it is", async () => {
  engine({});
  await ensureDocker(report);
});

test("where nothing can be installed it says what is missing and what to type", async () => {
  const root = process.getuid?.() === 0;
  expect(await refusal()).toMatch(
    root
      ? /^Docker cannot be installed: this machine has neither apt-get nor dnf; install it/
      : /^Docker is not installed, .* type: sudo apt-get install -y docker\.io/,
  );
});

test("a package manager that fails is quoted", async () => {
  program("sudo", 'shift; [ "$1" = true ] || exec "$@"');
  program("env", 'shift; exec "$@"');
  program("apt-get", '[ "$1" = --version ] || { echo "E: No space left on device"; exit 100; }');
  expect(await refusal()).toBe(
    "Docker cannot be installed: apt-get update said: E: No space left on device; install it and type the command again",
  );
});

test("a user who may not use the socket learns the group", async () => {
  program(
    "docker",
    "echo 'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock' >&2; exit 1",
  );
  expect(await refusal()).toMatch(
    /^this user may not use the Docker engine; type: sudo usermod -aG docker \$USER/,
  );
});

test("an engine elsewhere is not for this command to start", async () => {
  vi.stubEnv("DOCKER_HOST", "tcp://127.0.0.1:1");
  program("docker", "echo 'Cannot connect to the Docker daemon at tcp://127.0.0.1:1.' >&2; exit 1");
  expect(await refusal()).toBe(
    "no Docker engine answers at DOCKER_HOST=tcp://127.0.0.1:1; start it and type the command again, or type: unset DOCKER_HOST",
  );
});

test("WSL2 without Docker Desktop's integration names the switch", async () => {
  program(
    "docker",
    "echo \"The command 'docker' could not be found in this WSL 2 distro.\"; exit 1",
  );
  expect(await refusal()).toMatch(/^Docker Desktop does not answer; .* WSL integration/);
});

test.each([
  [
    { ServerVersion: "19.03.15" },
    /^the Docker engine is 19\.03\.15, and Slipway needs 20\.10 or later/,
  ],
  [{ OSType: "windows" }, /runs windows containers; switch it to Linux containers/],
  [{ MemTotal: 1e9 }, /^the Docker engine has 0\.9 GB of memory, and Slipway needs 2 GB/],
  [{ DockerRootDir: "/proc" }, /^\/proc has 0\.0 GB left, and Slipway needs 2 GB there; make room/],
])("an engine that will not do is refused: %j", async (info, message) => {
  engine(info);
  expect(await refusal()).toMatch(message);
});

test.each(["20.10.24+dfsg1", "26.1.5", "28.2.2-rc.1"])("engine %s will do", async (version) => {
  engine({ ServerVersion: version });
  await ensureDocker(report);
});
