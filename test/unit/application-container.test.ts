import { expect, test } from "vitest";
import { applicationContainer, releaseDirectory } from "../../components/application-container.ts";
import { consumer, environment } from "./environment.ts";

const role = { role: "service", probe: ["http", "8000", "/live"] } as const;

function container(changes: Partial<typeof consumer> = {}) {
  const given = { ...consumer, ...changes };
  return applicationContainer(environment, given, "0123abcd", 2, {
    ...role,
    probe: [...role.probe],
  });
}

test("the start script runs the command, and finds what the release is", () => {
  const { entrypoints, command, envs } = container();
  expect(entrypoints).toEqual(["/bin/sh", "/run/slipway/bin/start.sh", "service"]);
  expect(command).toEqual(["uvicorn", "erp:app"]);
  expect(envs).toEqual([
    "LOG_LEVEL=INFO",
    "SLIPWAY_STACK=staging",
    "SLIPWAY_RELEASE=0123abcd",
    "SLIPWAY_SECRETS_AS=files",
  ]);
});

test("it starts with less of a processor than what serves", () => {
  expect(container().cpuShares).toBe(128);
});

test("an image starts by itself where no command is given", () => {
  expect(container({ command: undefined })).not.toHaveProperty("entrypoints");
  expect(container({ command: undefined })).not.toHaveProperty("command");
});

test("a replica answers to one name, that of its release, on both networks of its environment", () => {
  const aliases = ["api-0123abcd-2"];
  expect(container().networksAdvanced).toEqual([
    { name: "slipway-staging-data", aliases },
    { name: "slipway-staging-edge", aliases },
  ]);
});

test("it can write its volumes and /tmp and nothing else", () => {
  const mounts = container().volumes as { containerPath: string; readOnly?: boolean }[];
  const writable = mounts.filter(({ readOnly }) => !readOnly).map((each) => each.containerPath);
  expect(writable).toEqual(["/var/lib/erp/uploads"]);
  expect(container()).toMatchObject({
    readOnly: true,
    tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m" },
  });
});

test("it reads its own secrets, in the directory of its release", () => {
  expect(container().volumes).toContainEqual({
    hostPath: `${releaseDirectory(environment, "0123abcd")}/secrets/api`,
    containerPath: "/run/secrets",
    readOnly: true,
  });
  expect(releaseDirectory(environment, "0123abcd")).toBe(
    "/var/lib/slipway/staging/releases/0123abcd",
  );
});

test("the marker's directory is mounted, not the marker: a file would stay the one of its time", () => {
  expect(container().volumes).toContainEqual({
    ...{ hostPath: "/var/lib/slipway/staging/live", containerPath: "/run/slipway/live" },
    readOnly: true,
  });
});

test("stopping takes as long as it may, whoever stops it", () => {
  const { stopTimeout, destroyGraceSeconds } = container({ stopSeconds: 45 });
  expect({ stopTimeout, destroyGraceSeconds }).toEqual({
    stopTimeout: 45,
    destroyGraceSeconds: 45,
  });
});

test("its health is asked by the probe of its role", () => {
  expect(container().healthcheck).toMatchObject({
    tests: ["CMD", "/bin/sh", "/run/slipway/bin/probe.sh", "http", "8000", "/live"],
    interval: "10s",
  });
});
