import type { Evidence } from "../../scripts/audit/evidence.ts";
import type { HostLook } from "../../scripts/audit/host-look.ts";
import { host } from "./environment.ts";

const networks = { DATA_NETWORK: "slipway-staging-data", EDGE_NETWORK: "slipway-staging-edge" };

/** What the scripts of a stack of one release were told. */
export const scripts = {
  networks,
  "edge-network": { NETWORK: "slipway-0-edge" },
  "edge-attachment": {
    ...{ EDGE: "slipway-edge", EDGE_DIRECTORY: "edges/edge", NETWORK: networks.EDGE_NETWORK },
    ...{
      EDGE_ADDRESS: "127.0.0.1",
      EDGE_PORT: "443",
      EDGE_CONTAINER: "edge1",
      MAX_PROCESSES: "256",
    },
  },
  "process-limits": { LIMITS: "postgres1 300" },
  "release-0123abcd-files": { DIRECTORY: "staging/releases/0123abcd" },
  switch: {
    RELEASE: "0123abcd",
    PARTICIPANTS: "service api api1 200 60 8000 / 1 0.00",
    EDGE_CONTENT: '{"rule": "Host(`shop.example.com`) || Host(`www.example.com`)"}',
  },
};

/** A container as `docker inspect` tells of it. */
export function inspected(Id: string, changes: Partial<HostLook["containers"][number]> = {}) {
  return {
    ...{ Id, Name: `/${Id}`, Image: "sha256:1", State: { Status: "running" }, Mounts: [] },
    Config: { Env: [], Labels: { "slipway.stack": "staging" } },
    HostConfig: {
      ...{ RestartPolicy: { Name: "unless-stopped" }, Memory: 0, MemorySwap: 0, NanoCpus: 0 },
      ...{ PidsLimit: 256, CpuShares: 0 },
    },
    NetworkSettings: { Networks: {} },
    ...changes,
  } as HostLook["containers"][number];
}

/** That of `evidence`, which is on the network. */
export const edge = inspected("edge1", {
  Name: "/slipway-edge",
  NetworkSettings: { Networks: { [networks.EDGE_NETWORK]: { Aliases: [] } } },
});

/** Where all is as it should be, but for the changes. */
export function evidence(look: Partial<HostLook> = {}, changes: Partial<Evidence> = {}): Evidence {
  return {
    environment: {
      ...{ ...host, stack: "staging", edgeName: "edge", ownsEdge: true, helper: "helper" },
      ...{ edgeAddress: "127.0.0.1", httpsPort: 443, hosts: {}, database: "app" },
      ...{ appImage: undefined, transport: "copy", consumers: [] },
      ...{ isManaged: false, repositories: [1], proves: true },
    },
    ...{ steps: [], locks: [] },
    deployed: {
      ...{ containers: [], volumes: ["slipway-staging-postgres"], unsettled: [] },
      scripts: new Map<string, Record<string, string>>(Object.entries(scripts)),
    },
    deploy: undefined,
    host: {
      ...{ atWork: undefined, quietForSeconds: 60, marker: "0123abcd", left: [], stale: [] },
      ...{ containers: [edge], images: new Map(), references: new Map(), unneededImages: [] },
      networks: [
        ["slipway-staging-data", true] as const,
        ["slipway-staging-edge", false] as const,
        ["slipway-0-edge", false] as const,
      ].map(([Name, Internal]) => ({ Name, Internal, Labels: { "slipway.stack": "staging" } })),
      ...{ volumes: ["slipway-staging-postgres"], entries: new Map(), engineGroup: "998" },
      edgeFiles: ["tls.yml", "staging.yml"].map((name) => ({ name, isWhole: true, isKnown: true })),
      ...{
        routes: "same",
        certificates: new Map([["shop.example.com", "Jan  1 00:00:00 2100 GMT"]]),
      },
      backups: [],
      backupRunner: "timer",
      prepared: [{ what: "watchdog: its script", isSo: true }],
      ...look,
    },
    ...changes,
  };
}
