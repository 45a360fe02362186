import type { Evidence } from "../evidence.ts";
import type { Check, Finding } from "../finding.ts";
import { healsOf } from "../heal.ts";
import { edgeContainer, edgeOf } from "../look-at-host.ts";

/** What the edge reads, and whether it reaches the environment. */
export const edge: Check = {
  kind: "edge",
  find: (evidence) => [...routesDrift(evidence), ...filesDrift(evidence), ...reachDrift(evidence)],
};

function routesDrift({ environment, deployed, host }: Evidence): Finding[] {
  const { redo } = healsOf(environment);
  const { name, directory } = edgeOf(environment, deployed.scripts);
  const what = `routes ${directory}/dynamic/${environment.stack}.yml of ${name}`;
  if (host.routes === undefined || host.routes === "same") return [];
  return [
    {
      ...{ severity: "drift", what, expected: "as the last switch wrote them" },
      found: host.routes === "missing" ? "gone" : "another text",
      ...{ type: redo, redo: ["switch"] },
    },
  ];
}

/** One that the edge cannot read keeps it from reading any. */
function filesDrift({ environment, deployed, host }: Evidence): Finding[] {
  const { redo, onHost, recover, maintenance } = healsOf(environment);
  const { directory } = edgeOf(environment, deployed.scripts);
  const { stack } = environment;
  return host.edgeFiles.flatMap(({ name, isWhole, isKnown }): Finding[] => {
    const path = `${directory}/dynamic/${name}`;
    const what = `file ${path}`;
    const remove = onHost(`sudo rm ${environment.directory}/${path}`);
    if (!isKnown) {
      return [{ ...drift, what, expected: "not there", found: "of no environment", type: remove }];
    }
    if (name === `${stack}-probe.yml`) {
      const found = "left by a switch that was cut off";
      return [{ ...drift, what, expected: "not there", found, type: recover }];
    }
    if (name === `${stack}-maintenance.yml`) {
      return [
        {
          ...{ severity: "warning", what: `page for maintenance of ${stack}` },
          ...{ expected: "not shown", found: "shown", type: maintenance },
        },
      ];
    }
    // What it should be, other findings say of one's own.
    if (isWhole || name === `${stack}.yml`) return [];
    const own = name === "tls.yml" && deployed.scripts.has("edge-network");
    return [
      {
        ...{ ...drift, what, expected: "sealed as it was written", found: "another text" },
        ...(own
          ? { type: redo, redo: ["edge-files"] }
          : { type: `npm run recover -- --stack ${name.replace(/\.yml$/, "")}` }),
      },
    ];
  });
}

function reachDrift(evidence: Evidence): Finding[] {
  const { environment, deployed } = evidence;
  const { redo, onHost } = healsOf(environment);
  const { name } = edgeOf(environment, deployed.scripts);
  const { NETWORK: network } = deployed.scripts.get("edge-attachment") ?? {};
  const container = edgeContainer(evidence);
  if (!network) return [];
  const what = `edge ${name}`;
  const heal = { type: redo, redo: ["edge-attachment"] };
  if (!container) {
    const found = "no container of this name";
    return [{ ...drift, what, expected: "there", found, ...heal }];
  }
  if (container.State.Status !== "running") {
    const { Id, State } = container;
    const urn = deployed.containers.find(({ id }) => id === Id)?.urn;
    const found = State.Status;
    return [
      {
        ...{ ...drift, what, expected: "running", found },
        ...(urn ? { subject: `${urn} mustRun` } : {}),
        type: onHost(`docker start ${name}`),
      },
    ];
  }
  if (container.NetworkSettings.Networks[network]) return [];
  return [{ ...drift, what, expected: `on ${network}`, found: "not on it", ...heal }];
}

const drift = { severity: "drift" } as const;
