import { existsSync, readFileSync } from "node:fs";
import { execa, type Options } from "execa";
import { parse } from "yaml";
import { copiedImage } from "../components/copied-image.ts";
import { addressToAsk } from "../components/edge-files.ts";
import { type Host, hostScript, survivingScript } from "../components/host-script.ts";
import { shellOf } from "../components/ssh.ts";
import { sshProblem } from "../components/ssh-problem.ts";
import { edge as edgeSchema, host as hostSchema } from "../infra/schema/platform.ts";
import { sshOf } from "../infra/schema/ssh.ts";
import { keyFile, sshDirectory } from "../infra/ssh-key.ts";
import { Failure } from "./failure.ts";
import { requireKeyFile } from "./ssh-client.ts";
import { localStack, stackFiles } from "./workspace.ts";

/** A deployed environment, as scripts reach it: by the plain part of its stack's configuration and by labels. */
export interface DeployedEnvironment extends Host {
  stack: string;
  edgeName: string;
  ownsEdge: boolean;
  /** The helper's image as the stack's file has it, which is there before anything was deployed. */
  helper: string;
  /** Where the edge is asked from the host itself. */
  edgeAddress: string;
  httpsPort: number;
  /** Host names by service. */
  hosts: Record<string, string[]>;
  database: string | undefined;
  /** Whether the database is somebody else's. */
  isManaged: boolean;
  /** Numbers of the repositories that the database is saved in. */
  repositories: number[];
  /** Whether what is saved is restored as well. */
  proves: boolean;
  /** How images reach the host. */
  transport: "pull" | "copy";
  /** Services, then workers, as the configuration has them. */
  consumers: Consumer[];
}

export interface Consumer {
  name: string;
  /** Those that it may read, when not all. */
  secrets?: string[];
}

/**
 * Reads where a stack's environment is; nothing secret, so that no passphrase is needed. Fails with one line when the
 * stack has no configuration.
 */
export function readEnvironment(stack: string): DeployedEnvironment {
  const { configFile } = stackFiles(stack);
  const config = readConfiguration(stack);
  const helper = config["slipway:images"]?.helper;
  if (!helper) {
    throw new Failure(
      `${configFile} names no image of the helper; type: npm run images -- --stack ${stack}`,
    );
  }
  const { privateKey, ...plain } = config["slipway:host"] ?? {};
  const host = hostSchema.safeParse(plain).data;
  const edge = edgeSchema.safeParse(config["slipway:edge"]).data;
  if (!host || !edge) {
    throw new Failure(
      `${configFile} has mistakes; to see them type: npm run pulumi -- preview --stack ${stack}`,
    );
  }
  const services = Object.entries<Consumer & { hosts?: string[] }>(
    config["slipway:services"] ?? {},
  );
  const isCopied = config["slipway:transport"] === "copy";
  const workers = Object.entries<Consumer>(config["slipway:workers"] ?? {});
  const postgres = config["slipway:postgres"] ?? {};
  const { mode = "own" } = postgres;
  const { enabled = true, prove = true, offsite } = config["slipway:backups"] ?? {};
  return {
    stack,
    engine: host.socket,
    ssh: sshOf(host, privateKey && keyFile(stack)),
    directory: host.directory,
    helperImage: isCopied && typeof helper === "string" ? copiedImage(helper) : helper,
    helper,
    edgeName: edge.name,
    ownsEdge: edge.mode === "own",
    edgeAddress: addressToAsk(edge.address),
    httpsPort: edge.httpsPort,
    hosts: Object.fromEntries(services.map(([name, service]) => [name, service.hosts ?? []])),
    database: mode === "own" ? (postgres.database ?? "app") : undefined,
    isManaged: mode === "managed",
    repositories:
      mode !== "none" && enabled ? [1, ...((offsite?.mode ?? "none") === "none" ? [] : [2])] : [],
    proves: prove,
    transport: isCopied ? "copy" : "pull",
    consumers: [...services, ...workers].map(([name, each]) => ({ ...each, name })),
  };
}

/** The same with the database that is the stack's own. Fails with one line when there is none. */
export function withDatabase(environment: DeployedEnvironment) {
  const { stack, database } = environment;
  if (database !== undefined) return { ...environment, database };
  throw new Failure(
    `the Postgres of ${stack} is not its own (slipway:postgres.mode), and only such a one is copied or replaced`,
  );
}

/** What a user wrote has any shape. */
// biome-ignore lint/suspicious/noExplicitAny: there is no knowing
export type Configuration = Record<string, any>;

/** A stack's configuration as it stands in its file, secrets still encrypted. Fails with one line when there is none. */
export function readConfiguration(stack: string): Configuration {
  const { configFile } = stackFiles(stack);
  if (!existsSync(configFile)) {
    throw new Failure(
      stack === localStack
        ? "there is no local stack yet; type: npm run quickstart"
        : `there is no stack '${stack}': ${configFile} is missing; which there are, shows: ls Pulumi.*.yaml`,
    );
  }
  try {
    return parse(readFileSync(configFile, "utf8"))?.config ?? {};
  } catch (error) {
    const [reason] = error instanceof Error ? error.message.split("\n") : [];
    throw new Failure(`${configFile} is not YAML: ${reason}`);
  }
}

/**
 * Runs one of scripts/host on the environment's host and returns what it printed; a failure's last line becomes the
 * command's. One that `survives` runs to its end whatever becomes of this process and the connection.
 */
export async function runOnHost(
  environment: DeployedEnvironment,
  script: string,
  verb: "apply" | "remove",
  variables: Record<string, string>,
  { survives = false } = {},
): Promise<string> {
  const plain = hostScript(script, environment, variables);
  const input = survives ? survivingScript(plain) : plain;
  const result = await shellOnHost(environment, verb)({ input, reject: false });
  if (!result.failed) return result.stdout;
  throw new Failure(whyOnHost(environment, result) ?? `${script} failed`);
}

/** What starts a shell where an environment is, which reads its script from standard input. */
export function shellOnHost({ ssh }: DeployedEnvironment, verb: "apply" | "remove") {
  if (ssh) requireKeyFile(ssh);
  const [shell, ...words] = shellOf(ssh);
  return <Chosen extends Options>(options: Chosen) =>
    execa(shell, [...words, "-s", "--", verb], { cwd: sshDirectory, ...options });
}

/** One line for why a script on the host failed. */
export function whyOnHost(
  { ssh }: DeployedEnvironment,
  { stderr, exitCode }: { stderr: string; exitCode?: number | undefined },
): string | undefined {
  const said = stderr.trim();
  const ofSsh = ssh && exitCode === 255 ? sshProblem(ssh, said) : undefined;
  return ofSsh ?? (said.split("\n").at(-1) || undefined);
}
