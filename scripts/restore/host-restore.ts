import { maintenancePage } from "../../components/maintenance-page.ts";
import { type Deployed, deployedOf, nameOf } from "../audit/deployed.ts";
import type { Deployment } from "../deployment.ts";
import { type DeployedEnvironment, runOnHost } from "../environment.ts";
import { Failure } from "../failure.ts";
import type { Target } from "./target.ts";

/** What a restore is about. */
export type Part = "database" | "files";

/** What there is beside the live data, of each part that was asked for. */
export interface Beside {
  database?: {
    /** When the last transaction was committed that is in it. */
    reached: Date;
    bytes: number;
    tables: number;
    rows: number;
  };
  files?: {
    /** The backup that they are of, and when it was made. */
    set: string;
    at: Date;
    /** The application's volumes that it has; each is beside by its name with `.side`. */
    volumes: string[];
  };
}

type Step = "beside" | "show" | "live" | "next" | "settle" | "undo" | "drop";

/** Runs scripts/host/restore.sh, by what the state says of the stack. */
export class HostRestore {
  readonly #environment: DeployedEnvironment;
  readonly #scripts: Deployed["scripts"];
  /** What was run at the last deploy, in base64. */
  readonly #texts: Map<string, string>;
  readonly #parts: Part[];

  constructor(environment: DeployedEnvironment, state: Deployment, parts: Part[] = ["database"]) {
    this.#environment = environment;
    this.#parts = parts;
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
    if (parts.includes("files") && !this.#scripts.get("postgres-require-data")?.VOLUMES) {
      throw new Failure(
        `${environment.stack} has no volumes of its application (slipway:app.volumes), and so no files to restore; leave --files out`,
      );
    }
  }

  async beside(target: Target): Promise<Beside> {
    return besideOf(await this.#run("beside", { ...target }));
  }

  /** What was restored before, if it is there; fails when it cannot go live any more. */
  async show(): Promise<Beside | undefined> {
    const found = besideOf(await this.#run("show"));
    return found.database || found.files ? found : undefined;
  }

  /** Returns what there is to say about it. */
  goLive(): Promise<string> {
    return this.#run("live");
  }

  /** The same for a release that is to be deployed next: nothing serves until `settle`. */
  goLiveForNext(): Promise<string> {
    return this.#run("next");
  }

  /** Ends what `goLiveForNext` began, or puts the data of before back when another release does not serve by now. */
  settle(): Promise<string> {
    return this.#run("settle");
  }

  undo(): Promise<string> {
    return this.#run("undo");
  }

  /** Takes away all that is beside, or kept. */
  drop(): Promise<string> {
    return this.#run("drop");
  }

  #run(step: Step, variables: Record<string, string> = {}): Promise<string> {
    const { stack, hosts, edgeName, edgeAddress, httpsPort, database } = this.#environment;
    const required = this.#scripts.get("postgres-require-data") ?? {};
    const given = {
      ...{ STACK: stack, STEP: step, WHAT: this.#parts.join(" "), DATABASE: database ?? "" },
      ...{ REPOSITORIES: required.REPOSITORIES ?? "1", IMAGE: required.IMAGE ?? "" },
      ...{ VOLUMES: required.VOLUMES ?? "", OWN_EDGE: required.OWN_EDGE ?? "" },
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
  const line = /^(reached|bytes|tables|rows|files|volume) (.*)$/;
  const values = new Map<string, string[]>();
  for (const each of said.split("\n").filter(Boolean)) {
    const [, name, value] = line.exec(each) ?? [];
    if (name === undefined || value === undefined) console.log(each);
    else values.set(name, [...(values.get(name) ?? []), value]);
  }
  const value = (name: string) => values.get(name)?.[0];
  const [reached, [set, at] = []] = [value("reached"), value("files")?.split(" ")];
  const count = (name: string) => Number(value(name));
  return {
    ...(reached
      ? {
          database: {
            reached: momentOf(reached),
            ...{ bytes: count("bytes"), tables: count("tables"), rows: count("rows") },
          },
        }
      : {}),
    ...(set && at ? { files: { set, at: new Date(at), volumes: values.get("volume") ?? [] } } : {}),
  };
}

/** As Postgres writes it. */
function momentOf(text: string): Date {
  return new Date(text.replace(" ", "T").replace(/([+-]\d{2})$/, "$1:00"));
}
