import { maintenancePage } from "../../components/maintenance-page.ts";
import { type Deployed, deployedOf, nameOf } from "../audit/deployed.ts";
import type { Deployment } from "../deployment.ts";
import { type DeployedEnvironment, runOnHost } from "../environment.ts";
import { Failure } from "../failure.ts";
import type { Target } from "./target.ts";

/** What there is on the server beside the live one. */
export interface Beside {
  /** When the last transaction was committed that is in it. */
  reached: Date;
  bytes: number;
  tables: number;
  rows: number;
}

type Step = "beside" | "show" | "live" | "undo" | "drop";

/** Runs scripts/host/restore.sh, by what the state says of the stack. */
export class HostRestore {
  readonly #environment: DeployedEnvironment;
  readonly #scripts: Deployed["scripts"];
  /** What was run at the last deploy, in base64. */
  readonly #texts: Map<string, string>;

  constructor(environment: DeployedEnvironment, state: Deployment) {
    this.#environment = environment;
    this.#scripts = deployedOf(state).scripts;
    this.#texts = new Map(
      (state.resources ?? [])
        .filter(({ type, delete: isDeleted }) => type.startsWith("command:") && !isDeleted)
        .map(({ urn, inputs }) => [nameOf(urn), base64(String(inputs?.stdin ?? ""))]),
    );
    if (!this.#scripts.has("postgres-require-data")) {
      const { stack } = environment;
      throw new Failure(
        `${stack} has no backups that were deployed; with slipway:backups.enabled and a Postgres of its own type: npm run pulumi -- up --stack ${stack}`,
      );
    }
  }

  async beside(target: Target): Promise<Beside> {
    return besideOf(await this.#run("beside", { ...target }));
  }

  /** What was restored before; fails when nothing is there. */
  async show(): Promise<Beside> {
    return besideOf(await this.#run("show"));
  }

  /** Returns what there is to say about it. */
  goLive(): Promise<string> {
    return this.#run("live");
  }

  undo(): Promise<string> {
    return this.#run("undo");
  }

  drop(volumes: string[]): Promise<string> {
    return this.#run("drop", { DROP: volumes.join(" ") });
  }

  #run(step: Step, variables: Record<string, string> = {}): Promise<string> {
    const { stack, hosts, edgeName, edgeAddress, httpsPort, database } = this.#environment;
    const required = this.#scripts.get("postgres-require-data") ?? {};
    const given = {
      ...{ STACK: stack, STEP: step, DATABASE: database ?? "" },
      ...{ REPOSITORIES: required.REPOSITORIES ?? "1", IMAGE: required.IMAGE ?? "" },
      RELEASE: this.#scripts.get("switch")?.RELEASE ?? "",
      ROLES_SCRIPT: this.#texts.get("postgres-roles") ?? "",
      SWITCH_SCRIPT: this.#texts.get("switch") ?? "",
      ...maintenancePage({
        ...{ stack, edge: edgeName, address: edgeAddress, httpsPort },
        hosts: Object.values(hosts).flat(),
      }),
      ...variables,
    };
    return runOnHost(this.#environment, "restore", "apply", given, { survives: true });
  }
}

/** A script may hold the mark by which another one ends that holds it. */
function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function besideOf(said: string): Beside {
  const value = (name: string) => new RegExp(`^${name} (.*)$`, "m").exec(said)?.[1] ?? "";
  for (const line of said.split("\n"))
    if (!/^(reached|bytes|tables|rows) /.test(line) && line) console.log(line);
  return {
    reached: new Date(
      value("reached")
        .replace(" ", "T")
        .replace(/([+-]\d{2})$/, "$1:00"),
    ),
    bytes: Number(value("bytes")),
    tables: Number(value("tables")),
    rows: Number(value("rows")),
  };
}
