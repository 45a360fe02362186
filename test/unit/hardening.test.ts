import { describe, expect, test } from "vitest";
import { images } from "./configuration.ts";
import { variablesOf } from "./environment.ts";
import { runProgram } from "./program.ts";
import { type Registration, record, types } from "./record.ts";

const recorder = await record();
await runProgram(recorder, {
  "services.api.replicas": 2,
  "services.front": { port: 8080, image: images.redis, user: "101:101", cpus: 0.5 },
});
const containers = recorder.of(types.container);
const names = containers.map(({ name }) => name);

test("the example declares a container for each server, replica, worker and beat", () => {
  const roles = containers.map(({ inputs }) => labelOf(inputs.labels, "slipway.role")).sort();
  expect(roles).toEqual([
    "beat",
    "edge",
    "postgres",
    "redis",
    "service",
    "service",
    "service",
    "worker",
  ]);
});

describe.each(names)("%s", (name) => {
  const { inputs } = containers.find((each) => each.name === name) as Registration;

  test("has no privilege: no capability, no new one, no host's namespace", () => {
    expect(inputs.capabilities).toEqual({ drops: ["ALL"] });
    expect(inputs.securityOpts).toEqual(["no-new-privileges:true"]);
    for (const key of ["privileged", "pidMode", "ipcMode", "usernsMode", "devices", "groupAdds"]) {
      expect(inputs).not.toHaveProperty(key);
    }
    expect(inputs.networkMode).toBe("bridge");
  });

  test("runs as a user that is a number and not root", () => {
    expect(inputs.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  test("writes to its volumes and /tmp alone, and runs nothing that it wrote to /tmp", () => {
    expect(inputs.readOnly).toBe(true);
    expect(inputs.tmpfs["/tmp"]).toMatch(/^rw,noexec,nosuid,nodev,size=\d+m$/);
  });

  test("has a limit of memory with no swap beside it", () => {
    expect(inputs.memory).toBeGreaterThanOrEqual(100);
    expect(inputs.memorySwap).toBe(inputs.memory);
  });

  test("has logs that cannot fill the disk", () => {
    expect(inputs.logDriver).toBe("json-file");
    expect(inputs.logOpts).toEqual({ "max-size": "10m", "max-file": "3" });
  });

  test("comes back after a crash and a reboot, with an init that reaps what it leaves", () => {
    expect(inputs).toMatchObject({ restart: "unless-stopped", init: true });
  });

  test("is asked for its health", () => {
    expect(inputs.healthcheck.tests[0]).toMatch(/^CMD(-SHELL)?$/);
    expect(inputs.healthcheck.tests.length).toBeGreaterThan(1);
  });

  test("has time to stop, whether a script stops it or the engine deletes it", () => {
    expect(inputs.destroyGraceSeconds).toBeGreaterThanOrEqual(15);
    expect(inputs.stopTimeout).toBe(inputs.destroyGraceSeconds);
  });

  test("sees nothing of Docker, and mounts read-only what it does not own", () => {
    expect(JSON.stringify(inputs.volumes)).not.toContain("docker.sock");
    const own = /^\/var\/lib\/slipway\/(staging\/beat|edges\/edge\/acme)$/;
    for (const { hostPath, readOnly } of inputs.volumes) {
      if (hostPath && !own.test(hostPath)) expect([hostPath, readOnly]).toEqual([hostPath, true]);
    }
  });

  test("is of this environment, by its label and by the networks that it joins; the edge has one of its own", () => {
    expect(labelOf(inputs.labels, "slipway.stack")).toBe("staging");
    const networks = inputs.networksAdvanced.map((each: { name: string }) => each.name);
    expect(networks.length).toBeGreaterThan(0);
    const own = name === "edge-server" ? /^slipway-0-edge$/ : /^slipway-staging-(data|edge)$/;
    for (const network of networks) expect(network).toMatch(own);
  });

  test("publishes no port, unless it is the edge", () => {
    expect(inputs.ports === undefined).toBe(name !== "edge-server");
    expect(inputs).not.toHaveProperty("publishAllPorts");
  });
});

test("the servers of data are on the network that has no way out alone", () => {
  expect(variablesOf(recorder.named("networks").inputs.stdin)).toMatchObject({
    ...{ DATA_NETWORK: "slipway-staging-data", EDGE_NETWORK: "slipway-staging-edge" },
  });
  for (const server of ["postgres-server", "redis-server"]) {
    const { networksAdvanced } = recorder.named(server).inputs;
    expect(networksAdvanced).toMatchObject([{ name: "slipway-staging-data" }]);
  }
});

function labelOf(labels: { label: string; value: string }[], wanted: string): string | undefined {
  return labels.find(({ label }) => label === wanted)?.value;
}
