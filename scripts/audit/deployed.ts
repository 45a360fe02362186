import type { Deployment, StateResource } from "../deployment.ts";
import { scriptVariables } from "./script-variables.ts";

/** What the state says was deployed. */
export interface Deployed {
  containers: DeployedContainer[];
  /** What the scripts were told, by the name of their resource. */
  scripts: Map<string, Record<string, string>>;
  /** Names of Docker's volumes. */
  volumes: string[];
  /** Resources that an operation did not come to an end with. */
  unsettled: Unsettled[];
}

export interface DeployedContainer {
  urn: string;
  id: string;
  /** As the Docker plugin takes them. */
  // biome-ignore lint/suspicious/noExplicitAny: what a state holds has no type
  inputs: any;
}

export interface Unsettled {
  urn: string;
  how: "delete" | "initErrors" | "pendingReplacement" | "operation";
  /** What failed, or what was at work. */
  detail: string;
}

export function deployedOf({ resources = [], pending_operations = [] }: Deployment): Deployed {
  const present = resources.filter((each) => !each.delete);
  const ofType = (type: string) => present.filter((each) => each.type === type);
  return {
    containers: ofType("docker:index/container:Container").map(({ urn, id = "", inputs }) => ({
      ...{ urn, id, inputs },
    })),
    scripts: new Map(
      present
        .filter(({ type }) => type.startsWith("command:"))
        .map(({ urn, inputs }) => [nameOf(urn), scriptVariables(String(inputs?.stdin ?? ""))]),
    ),
    volumes: ofType("docker:index/volume:Volume").map(({ id = "" }) => id),
    unsettled: [
      ...resources.flatMap(unsettled),
      ...pending_operations.map(
        ({ type, resource }): Unsettled => ({
          ...{ urn: resource.urn, how: "operation", detail: type },
        }),
      ),
    ],
  };
}

function unsettled({ urn, ...resource }: StateResource): Unsettled[] {
  const { initErrors: [reason] = [] } = resource;
  return [
    ...(resource.delete ? [{ urn, how: "delete", detail: "" } as const] : []),
    ...(reason ? [{ urn, how: "initErrors", detail: reason.split("\n")[0] ?? "" } as const] : []),
    ...(resource.pendingReplacement
      ? [{ urn, how: "pendingReplacement", detail: "" } as const]
      : []),
  ];
}

/** A resource's name: the last part of its URN. */
export function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

/** `container production-api-3f2a91c0-1` */
export function labelOf(urn: string): string {
  const type = urn.split("::").at(-2)?.split("$").at(-1)?.split(":").at(-1) ?? "resource";
  return `${type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase()} ${nameOf(urn)}`;
}
