import { backups } from "./checks/backups.ts";
import { certificates } from "./checks/certificates.ts";
import { containers } from "./checks/containers.ts";
import { edge } from "./checks/edge.ts";
import { environments } from "./checks/environments.ts";
import { files } from "./checks/files.ts";
import { images } from "./checks/images.ts";
import { networks } from "./checks/networks.ts";
import { program } from "./checks/program.ts";
import { release } from "./checks/release.ts";
import { secrets } from "./checks/secrets.ts";
import { server } from "./checks/server.ts";
import { state } from "./checks/state.ts";
import { strangers } from "./checks/strangers.ts";
import type { Check } from "./finding.ts";
import type { RepositoryEvidence } from "./repository-evidence.ts";

/** All that an audit looks at, in the order in which it tells what it found. */
export const checks: Check[] = [
  ...[release, containers, networks, edge, files, program, state],
  ...[strangers, images, certificates, backups, server],
];

/** The same of a repository on GitHub. */
export const repositoryChecks: Check<RepositoryEvidence>[] = [
  environments,
  secrets,
  program,
  state,
];
