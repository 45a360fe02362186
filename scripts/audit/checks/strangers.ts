import { findStrangers } from "../../strangers.ts";
import type { Evidence } from "../evidence.ts";
import type { Check, Finding } from "../finding.ts";
import { healsOf } from "../heal.ts";
import type { InspectedContainer } from "../host-look.ts";
import { edgeOf } from "../look-at-host.ts";

/** Containers, networks and volumes of the environment that the state does not know. */
export const strangers: Check = {
  kind: "stranger",
  find: (evidence) => [...containersOf(evidence), ...networksOf(evidence), ...volumesOf(evidence)],
};

function containersOf({ environment, deployed, host }: Evidence): Finding[] {
  const { stack } = environment;
  const { recover, onHost } = healsOf(environment);
  const known = new Set(deployed.containers.map(({ id }) => id));
  const edge = edgeOf(environment, deployed.scripts).name;
  const isOwn = ({ Config }: InspectedContainer) => Config.Labels["slipway.stack"] === stack;
  const recovered = findStrangers(
    host.containers.filter(isOwn).map(labelled),
    known,
    host.marker || undefined,
  ).map(({ id }) => id);
  const showsPage = host.edgeFiles.some(({ name }) => name === `${stack}-maintenance.yml`);
  return host.containers.flatMap((each): Finding[] => {
    const { Id, Name, Config, State } = each;
    const role = Config.Labels["slipway.role"];
    if (known.has(Id) || Name === `/${edge}`) return [];
    // People have these for as long as they like, and backups come at any time.
    const ofTheirOwn = ["exec", "restore", "backup", "proof"];
    if (ofTheirOwn.includes(role ?? "") && State.Status === "running") return [];
    if (role === "maintenance" && showsPage) return [];
    const name = Name.slice(1);
    const remove = onHost(`docker rm --force ${name}`);
    return [
      {
        ...{ severity: "drift", what: `container ${name}`, expected: "not there" },
        found: isOwn(each)
          ? `a ${role} that the state does not know`
          : "on the environment's networks",
        type: recovered.includes(Id) ? recover : remove,
      },
    ];
  });
}

function labelled({ Id: id, Config: { Labels } }: InspectedContainer) {
  const {
    "slipway.name": name = "",
    "slipway.role": role = "",
    "slipway.release": release,
  } = Labels;
  return { id, name, role, release };
}

function networksOf({ environment, deployed: { scripts }, host }: Evidence): Finding[] {
  const { onHost } = healsOf(environment);
  const made = scripts.get("networks") ?? {};
  const known = [
    `slipway-${environment.stack}.proof`,
    ...[made.DATA_NETWORK, made.EDGE_NETWORK, made.OFFSITE_NETWORK],
    scripts.get("edge-network")?.NETWORK,
  ];
  return host.networks
    .filter(({ Name }) => !known.includes(Name))
    .map(({ Name }) => ({
      ...{ severity: "drift", what: `network ${Name}`, expected: "not there" },
      ...{ found: unknown, type: onHost(`docker network rm ${Name}`) },
    }));
}

function volumesOf({ environment, deployed, host }: Evidence): Finding[] {
  const { onHost } = healsOf(environment);
  const copies = ["copy", "side", "kept", "proof", "proof.keys"];
  const known = [
    ...deployed.volumes,
    ...copies.map((name) => `slipway-${environment.stack}.${name}`),
  ];
  return host.volumes
    .filter((name) => !known.includes(name))
    .map((name) => ({
      ...{ severity: "drift", what: `volume ${name}`, expected: "not there" },
      ...{ found: `${unknown}, with what is in it`, type: onHost(`docker volume rm ${name}`) },
    }));
}

const unknown = "one that the state does not know";
