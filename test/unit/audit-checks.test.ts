import { describe, expect, test } from "vitest";
import { auditOf, hasDrift } from "../../scripts/audit/audit.ts";
import { certificateFindings } from "../../scripts/audit/checks/certificates.ts";
import { checks } from "../../scripts/audit/checks.ts";
import type { EngineStep } from "../../scripts/audit/engine-steps.ts";
import { deployAtWork } from "../../scripts/audit/evidence.ts";
import type { HostLook } from "../../scripts/audit/host-look.ts";
import { edge, evidence, inspected, scripts } from "./audit-evidence.ts";

const found = (...words: Parameters<typeof evidence>) =>
  auditOf(evidence(...words), checks).findings.map(({ kind, what, found }) => [kind, what, found]);
const labelled = (role: string, name = role) => ({
  Config: {
    Env: [],
    Labels: { "slipway.stack": "staging", "slipway.role": role, "slipway.name": name },
  },
});

test("where all is as it should be nothing is found", () => {
  expect(found()).toEqual([]);
});

test.each<[string, Partial<HostLook>, string[]]>([
  [
    "another marker",
    { marker: "ffffffff" },
    ["release", "marker staging/live/release", "ffffffff"],
  ],
  [
    "what a killed deploy left in the journal",
    { left: ["switch"] },
    ["release", "staging/journal/switch", "a switch that was cut off"],
  ],
  [
    "a file that was on its way",
    { stale: [".new.abc", "production/.new.abc"] },
    ["release", "file .new.abc", "left by a deploy that was killed"],
  ],
  [
    "a release's directory that the state does not know",
    {
      entries: new Map(
        ["0123abcd", "89abcdef"].map((id) => [
          `staging/releases/${id}`,
          { kind: "directory" as const, mode: 0o755, owner: "0:0" },
        ]),
      ),
    },
    ["release", "file staging/releases/89abcdef", "left by a deploy that was killed"],
  ],
  [
    "other routes",
    { routes: "other" },
    ["edge", "routes edges/edge/dynamic/staging.yml of slipway-edge", "another text"],
  ],
  [
    "a file of the edge that is of no environment",
    { edgeFiles: [{ name: "x.toml", isWhole: false, isKnown: false }] },
    ["edge", "file edges/edge/dynamic/x.toml", "of no environment"],
  ],
  [
    "another environment's broken file",
    { edgeFiles: [{ name: "other.yml", isWhole: false, isKnown: true }] },
    ["edge", "file edges/edge/dynamic/other.yml", "another text"],
  ],
  [
    "an edge that is not there",
    { containers: [] },
    ["edge", "edge slipway-edge", "no container of this name"],
  ],
  [
    "an edge that stands still",
    { containers: [{ ...edge, State: { Status: "exited" } }] },
    ["edge", "edge slipway-edge", "exited"],
  ],
  [
    "an edge that is not on the network",
    { containers: [inspected("edge1", { Name: "/slipway-edge" })] },
    ["edge", "edge slipway-edge", "not on it"],
  ],
  [
    "a container that the state does not know",
    { containers: [edge, inspected("stray", labelled("service", "api"))] },
    ["stranger", "container stray", "a service that the state does not know"],
  ],
  [
    "somebody else's container on the networks",
    { containers: [edge, inspected("stray", { Config: { Env: [], Labels: {} } })] },
    ["stranger", "container stray", "on the environment's networks"],
  ],
  [
    "a page for maintenance without its route",
    { containers: [edge, inspected("page", labelled("maintenance"))] },
    ["stranger", "container page", "a maintenance that the state does not know"],
  ],
  [
    "a volume that nobody declares",
    { volumes: ["slipway-staging-postgres", "slipway-staging-old"] },
    [
      "stranger",
      "volume slipway-staging-old",
      "one that the state does not know, with what is in it",
    ],
  ],
  [
    "an image that nothing keeps",
    { unneededImages: [{ id: "sha256:1", names: ["slipway-copied:1"] }] },
    ["image", "image slipway-copied:1", "kept by no release, nor for a rollback"],
  ],
  [
    "a timer that is off",
    { prepared: [{ what: "watchdog: armed, and at each start", isSo: false }] },
    ["server", "watchdog: armed, and at each start", "not so"],
  ],
  [
    "a name without a certificate",
    { certificates: new Map([["shop.example.com", ""]]) },
    ["certificate", "certificate of shop.example.com", "the edge shows none"],
  ],
])("%s is found", (_, look, expected) => {
  expect(found(look)).toEqual([expected]);
});

test("a network is missing, made by somebody else, or one too many", () => {
  const [data, ...others] = evidence().host.networks as [HostLook["networks"][number]];
  expect(found({ networks: others })).toEqual([["network", `network ${data.Name}`, "gone"]]);
  expect(found({ networks: [{ ...data, Internal: false }, ...others] })).toEqual([
    ["network", `network ${data.Name}`, "the other way"],
  ]);
  expect(found({ networks: [data, ...others, { ...data, Name: "slipway-staging-x" }] })).toEqual([
    ["stranger", "network slipway-staging-x", "one that the state does not know"],
  ]);
});

test("what people run for a while is no stranger", () => {
  const page = inspected("page", labelled("maintenance"));
  const files = [{ name: "staging-maintenance.yml", isWhole: true, isKnown: true }];
  const look = { containers: [edge, inspected("shell", labelled("exec")), page], edgeFiles: files };
  const audit = auditOf(evidence(look), checks);
  expect(audit.findings.map(({ severity, what }) => [severity, what])).toEqual([
    ["warning", "page for maintenance of staging"],
  ]);
  expect(hasDrift(audit)).toBe(false);
});

test("a backup that is proved, and what was restored, is no stranger", () => {
  const [network, ...others] = evidence().host.networks as [HostLook["networks"][number]];
  const roles = ["proof", "backup", "restore"].map((role) => inspected(role, labelled(role)));
  const look = {
    containers: [edge, ...roles],
    networks: [network, ...others, { ...network, Name: "slipway-staging.proof" }],
    volumes: ["slipway-staging-postgres", "slipway-staging.proof", "slipway-staging.copy"],
  };
  expect(found(look)).toEqual([]);
});

describe("a certificate", () => {
  const now = new Date("2026-01-01T00:00:00Z");
  const of = (end: string) =>
    certificateFindings(evidence({ certificates: new Map([["a", end]]) }), now).map(
      ({ severity, found }) => [severity, found],
    );
  test.each([
    ["Jan 23 00:00:00 2026 GMT", []],
    ["Jan 21 12:00:00 2026 GMT", [["warning", "ends in 20 days"]]],
    ["Jan  7 00:00:00 2026 GMT", [["drift", "ends in 6 days"]]],
    ["Mon, 29 Dec 2025 00:00:00 GMT", [["drift", "ended 3 days ago"]]],
  ])("that ends at %s", (end, expected) => expect(of(end)).toEqual(expected));
});

describe("while a deploy is at work", () => {
  test("only what it does not touch is looked at", () => {
    const look = { marker: "ffffffff", prepared: [{ what: "a timer", isSo: false }] };
    const audit = auditOf(evidence(look, { deploy: "a deploy by ann" }), checks);
    expect(audit.findings.map(({ kind }) => kind)).toEqual(["server"]);
    expect(audit.leftOut).toContain("release");
    expect(audit.leftOut).not.toContain("certificate");
  });

  test("it is named, and so is one that has ended meanwhile", () => {
    const atWork = { id: "1", since: "2026-01-01T00:00:00Z", by: "ann@vm" };
    expect(deployAtWork({ atWork, quietForSeconds: 60 }, 5)).toContain("ann@vm");
    expect(deployAtWork({ atWork: { id: "-", since: "-", by: "" }, quietForSeconds: 60 }, 5)).toBe(
      "a deploy",
    );
    expect(deployAtWork({ atWork: undefined, quietForSeconds: 4 }, 5)).toContain("just ended");
    expect(deployAtWork({ atWork: undefined, quietForSeconds: 6 }, 5)).toBeUndefined();
  });
});

describe("a container of the state", () => {
  const urn = "urn:pulumi:staging::slipway::docker:index/container:Container::staging-api-1";
  const inputs = { image: "sha256:1", restart: "unless-stopped" };
  const deployed = { ...evidence().deployed, containers: [{ urn, id: "api1", inputs }] };
  const labels = { ...labelled("service", "api").Config.Labels, "slipway.release": "0123abcd" };
  const api = inspected("api1", { Config: { Env: [], Labels: labels } });
  const serving = { ...api.HostConfig, PidsLimit: 200, CpuShares: 1024 };
  const with_ = (changes: Partial<HostLook["containers"][number]>) => ({
    containers: [edge, { ...api, HostConfig: serving, ...changes }],
  });

  test("has the limits that the switch gave it", () => {
    const withLabels = {
      ...deployed,
      containers: [
        {
          urn,
          id: "api1",
          inputs: {
            ...inputs,
            labels: Object.entries(labels).map(([label, value]) => ({ label, value })),
          },
        },
      ],
    };
    expect(found(with_({}), { deployed: withLabels })).toEqual([]);
    const unlimited = { ...serving, PidsLimit: null, CpuShares: 128 };
    expect(found(with_({ HostConfig: unlimited }), { deployed: withLabels })).toEqual([
      ["container", "container staging-api-1: processes at most", "0"],
      ["container", "container staging-api-1: share of a processor", "128"],
    ]);
    expect(scripts.switch.PARTICIPANTS).toContain("200");
  });

  test("that stands still is told of once, whoever found it", () => {
    const step: EngineStep = {
      ...{ urn, isConsequence: false },
      phase: "refresh",
      op: "update",
      changes: [{ property: "mustRun", expected: "true", found: "false" }],
    };
    const look = with_({ State: { Status: "exited" } });
    const told = found(look, { deployed, steps: [step] }).filter(
      ([, what]) => !what?.includes("label"),
    );
    expect(told).toEqual([["container", "container staging-api-1: state", "exited"]]);
  });
});
