import { describe, expect, test } from "vitest";
import { serviceContainer } from "../../components/service.ts";
import { type ContainerLimits, containerDrift } from "../../scripts/audit/container-drift.ts";
import type { InspectedContainer } from "../../scripts/audit/host-look.ts";
import { consumer, environment } from "./environment.ts";

const id = `sha256:${"6".repeat(64)}`;
const inputs = serviceContainer(
  environment,
  { ...consumer, port: 8000, liveness: "/" },
  "0123abcd",
  1,
);
const images = {
  image: { Env: ["PATH=/bin"], Labels: { made: "by us" }, Volumes: { "/data": {} } },
  references: new Map([[consumer.image, id]]),
};
const limits: ContainerLimits = {
  ...{ shouldRun: true, processes: 256, cpuShares: 1024, alsoOn: undefined },
};

/** As the engine makes it of these inputs. */
function made(): InspectedContainer {
  const labels = inputs.labels as { label: string; value: string }[];
  const volumes = inputs.volumes as {
    hostPath?: string;
    volumeName?: string;
    containerPath: string;
    readOnly?: boolean;
  }[];
  const networks = inputs.networksAdvanced as { name: string; aliases: string[] }[];
  return {
    ...{ Id: "1", Name: "/staging-api-1", Image: id, State: { Status: "running" } },
    Config: {
      Env: [...(inputs.envs as string[]), "PATH=/bin"].reverse(),
      Labels: {
        made: "by us",
        ...Object.fromEntries(labels.map((each) => [each.label, each.value])),
      },
    },
    HostConfig: {
      ...{ RestartPolicy: { Name: "unless-stopped" }, Memory: 268435456, MemorySwap: 268435456 },
      ...{ NanoCpus: 0, PidsLimit: 256, CpuShares: 1024, Init: true },
      Tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m" },
    },
    Mounts: [
      ...volumes.map(({ hostPath, volumeName, containerPath, readOnly }) => ({
        ...{ Type: hostPath ? "bind" : "volume", Source: hostPath ?? "/var/lib/docker/volumes" },
        ...{
          Destination: containerPath,
          RW: !readOnly,
          ...(volumeName ? { Name: volumeName } : {}),
        },
      })),
      { Type: "volume", Name: "f00", Source: "/", Destination: "/data", RW: true },
    ],
    NetworkSettings: {
      Networks: Object.fromEntries(
        networks.map(({ name, aliases }) => [name, { Aliases: [...aliases, "1"] }]),
      ),
    },
  };
}

const told = (container: InspectedContainer, more: Partial<ContainerLimits> = {}) =>
  containerDrift(inputs, container, images, { ...limits, ...more }).map(
    ({ what, expected, found }) => [what, expected, found],
  );

test("a container is as its inputs say, whatever the order and its image's own", () => {
  expect(told(made())).toEqual([]);
});

describe("what is found", () => {
  const data = "slipway-staging-data";
  test.each<[string, (container: InspectedContainer) => void, string[][]]>([
    [
      "a variable with another value, which is not told",
      ({ Config }) =>
        void Object.assign(Config, {
          Env: Config.Env?.map((each) => each.replace("INFO", "hidden")),
        }),
      [["variable LOG_LEVEL", "as it was deployed", "another value"]],
    ],
    [
      "a variable that is missing",
      ({ Config }) =>
        void Object.assign(Config, { Env: Config.Env?.filter((each) => !each.startsWith("LOG")) }),
      [["variable LOG_LEVEL", "as it was deployed", "not set"]],
    ],
    [
      "a variable too many",
      ({ Config }) => void Config.Env?.push("DEBUG=1"),
      [["variable DEBUG", "not set", "another value"]],
    ],
    [
      "another label",
      ({ Config }) => void Object.assign(Config.Labels, { "slipway.release": "ffffffff" }),
      [["label slipway.release", "as it was deployed", "another value"]],
    ],
    [
      "a mount that may be written",
      ({ Mounts }) => void Object.assign(Mounts[1] ?? {}, { RW: true }),
      [
        [
          "mount /run/secrets",
          "/var/lib/slipway/staging/releases/0123abcd/secrets/api read-only",
          "/var/lib/slipway/staging/releases/0123abcd/secrets/api writable",
        ],
      ],
    ],
    [
      "a mount too many",
      ({ Mounts }) =>
        void Mounts.push({ Type: "bind", Source: "/", Destination: "/host", RW: true }),
      [["mount /host", "nothing", "/ writable"]],
    ],
    [
      "a network that it is not on",
      ({ NetworkSettings }) => void delete NetworkSettings.Networks[data],
      [[`network ${data}`, "on it", "not on it"]],
    ],
    [
      "a network on which it has lost its name",
      ({ NetworkSettings }) =>
        void Object.assign(NetworkSettings.Networks, { [data]: { Aliases: null } }),
      [[`network ${data}`, "answers to api-0123abcd-1", "does not"]],
    ],
    [
      "a network too many",
      ({ NetworkSettings }) =>
        void Object.assign(NetworkSettings.Networks, { "slipway-other-edge": { Aliases: [] } }),
      [["network slipway-other-edge", "not on it", "on it"]],
    ],
    [
      "another image",
      (container) => void Object.assign(container, { Image: "sha256:7" }),
      [["image", consumer.image, "made of sha256:7"]],
    ],
    [
      "another restart policy",
      ({ HostConfig }) => void Object.assign(HostConfig, { RestartPolicy: { Name: "no" } }),
      [["restart policy", "unless-stopped", "no"]],
    ],
    [
      "more memory",
      ({ HostConfig }) => void Object.assign(HostConfig, { Memory: 536870912 }),
      [["memory in bytes", "268435456", "536870912"]],
    ],
    [
      "no limit of processes",
      ({ HostConfig }) => void Object.assign(HostConfig, { PidsLimit: null }),
      [["processes at most", "256", "0"]],
    ],
    [
      "other memory that is a file system",
      ({ HostConfig }) => void Object.assign(HostConfig, { Tmpfs: {} }),
      [["tmpfs /tmp", "as it was deployed", "not set"]],
    ],
  ])("%s", (_, change, expected) => {
    const container = made();
    change(container);
    expect(told(container)).toEqual(expected);
  });

  test("an image that is gone", () => {
    const gone = { ...images, references: new Map([[consumer.image, ""]]) };
    expect(containerDrift(inputs, made(), gone, limits).map(({ found }) => found)).toEqual([
      "not on the host any more",
    ]);
  });

  test("the command that puts it back", () => {
    const container = made();
    delete container.NetworkSettings.Networks[data];
    const [difference] = containerDrift(inputs, container, images, limits);
    expect(difference?.command?.("staging-api-1")).toBe(
      `docker network connect --alias api-0123abcd-1 ${data} staging-api-1`,
    );
  });
});

test("the edge may be on the network of any environment, and what does not serve may stand still", () => {
  const container = made();
  container.NetworkSettings.Networks["slipway-other-edge"] = { Aliases: [] };
  container.State.Status = "exited";
  expect(told(container, { alsoOn: /^slipway-.+-edge$/, shouldRun: false })).toEqual([]);
});
