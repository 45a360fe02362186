import {
  type ConfigurationFile,
  opensRepository,
} from "../../components/repository-fingerprint.ts";
import { deployedOf } from "../audit/deployed.ts";
import type { Deployment } from "../deployment.ts";
import { Failure } from "../failure.ts";

/** What reads a stack's backup repositories, as it was deployed. */
export interface RepositoryAccess {
  /** Files of the engine's configuration directory. */
  files: ConfigurationFile[];
  /** What all passwords of the stack are made of, the keys among them. */
  passwordSecret: string;
  /** Whether one of the repositories is elsewhere than on the server. */
  isOffsite: boolean;
}

const directory = "pgbackrest/";

/** Reads it from a stack's state with opened secrets. */
export function repositoryAccess(deployment: Deployment, stack: string): RepositoryAccess {
  const lines = deployedOf(deployment).scripts.get("environment-files")?.FILES ?? "";
  const files = lines.split("\n").flatMap((line) => {
    const [kind, path = "", , , content = ""] = line.split(" ");
    const name = path.slice(directory.length);
    return kind === "f" && path.startsWith(directory) && opensRepository({ name })
      ? [{ name, content: Buffer.from(content, "base64").toString() }]
      : [];
  });
  if (files.length === 0) {
    throw new Failure(
      `${stack} has no backups that were deployed; with slipway:backups.enabled and a Postgres type: npm run pulumi -- up --stack ${stack}`,
    );
  }
  const { resources = [] } = deployment;
  const secret = resources.find(
    ({ urn, delete: isDeleted }) => urn.endsWith("RandomPassword::passwords") && isDeleted !== true,
  )?.outputs?.result;
  if (typeof secret !== "string") throw new Failure(`the state of ${stack} has no passwords`);
  const isOffsite = files.some(({ name }) => name === "files-2.sh");
  return { files, passwordSecret: secret, isOffsite };
}
