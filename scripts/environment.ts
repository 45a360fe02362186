import { existsSync, readFileSync } from "node:fs";
import { execa } from "execa";
import { parse } from "yaml";
import { copiedImage } from "../components/copied-image.ts";
import { type Host, hostScript } from "../components/host-script.ts";
import { edge as edgeSchema, host as hostSchema } from "../infra/schema/platform.ts";
import { Failure } from "./failure.ts";
import { localStack, requireLocalStack, stackFiles } from "./workspace.ts";

/** A deployed environment, as scripts reach it: by the plain part of its stack's configuration and by labels. */
export interface DeployedEnvironment extends Host {
  stack: string;
  edgeName: string;
  ownsEdge: boolean;
  /** The helper's image as the stack's file has it, which is there before anything was deployed. */
  helper: string;
  httpsPort: number;
  /** Host names by service. */
  hosts: Record<string, string[]>;
  database: string | undefined;
}

/** As `readEnvironment`, and refuses when the local stack has lost what it needs. */
export function findEnvironment(stack: string): DeployedEnvironment {
  if (stack === localStack) requireLocalStack();
  return readEnvironment(stack);
}

/** Reads where a stack's environment is. Fails with one line when the stack has no configuration. */
export function readEnvironment(stack: string): DeployedEnvironment {
  const { configFile } = stackFiles(stack);
  if (!existsSync(configFile)) {
    throw new Failure(
      `there is no stack '${stack}': ${configFile} is missing; which there are, shows: ls Pulumi.*.yaml`,
    );
  }
  const config = plainConfiguration(configFile);
  const helper = config["slipway:images"]?.helper;
  if (!helper) {
    throw new Failure(
      `${configFile} names no image of the helper; type: npm run images -- --stack ${stack}`,
    );
  }
  const host = hostSchema.safeParse(config["slipway:host"] ?? {}).data;
  const edge = edgeSchema.safeParse(config["slipway:edge"]).data;
  if (!host || !edge) {
    throw new Failure(
      `${configFile} has mistakes; to see them type: npm run pulumi -- preview --stack ${stack}`,
    );
  }
  const services = Object.entries(
    (config["slipway:services"] ?? {}) as Record<string, { hosts?: string[] }>,
  );
  const postgres = config["slipway:postgres"] ?? {};
  return {
    stack,
    engine: host.socket,
    directory: host.directory,
    helperImage: config["slipway:transport"] === "copy" ? copiedImage(helper) : helper,
    helper,
    edgeName: edge.name,
    ownsEdge: edge.mode === "own",
    httpsPort: edge.httpsPort,
    hosts: Object.fromEntries(services.map(([name, service]) => [name, service.hosts ?? []])),
    database: (postgres.mode ?? "own") === "own" ? (postgres.database ?? "app") : undefined,
  };
}

/** A stack's configuration as it stands in its file, secrets still encrypted. */
// biome-ignore lint/suspicious/noExplicitAny: what a user wrote has any shape
function plainConfiguration(file: string): Record<string, any> {
  try {
    return parse(readFileSync(file, "utf8"))?.config ?? {};
  } catch (error) {
    const [reason] = error instanceof Error ? error.message.split("\n") : [];
    throw new Failure(`${file} is not YAML: ${reason}`);
  }
}

/** Runs programs, above all the Docker client, against an environment's engine. */
export function against(environment: Host) {
  return execa({ env: { DOCKER_HOST: environment.engine } });
}

/** The release that serves, or undefined before the first deploy. */
export async function liveRelease(environment: DeployedEnvironment): Promise<string | undefined> {
  const mount = `${environment.directory}/${environment.stack}:/environment:ro`;
  const words = ["run", "--rm", "--network", "none", "--volume", mount, environment.helperImage];
  const { stdout } = await against(environment)(
    "docker",
    [...words, "cat", "/environment/live/release"],
    { reject: false },
  );
  return stdout.trim() || undefined;
}

/** Runs one of scripts/host on the environment's host; a failure's last line becomes the command's. */
export async function runOnHost(
  environment: DeployedEnvironment,
  script: string,
  verb: "apply" | "remove",
  variables: Record<string, string>,
): Promise<void> {
  const input = hostScript(script, environment, variables);
  const result = await execa("bash", ["-s", "--", verb], { input, reject: false });
  if (result.failed)
    throw new Failure(result.stderr.trim().split("\n").at(-1) || `${script} failed`);
}
