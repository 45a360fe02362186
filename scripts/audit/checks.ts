import { backups } from "./checks/backups.ts";
import { certificates } from "./checks/certificates.ts";
import { containers } from "./checks/containers.ts";
import { edge } from "./checks/edge.ts";
import { files } from "./checks/files.ts";
import { images } from "./checks/images.ts";
import { networks } from "./checks/networks.ts";
import { program } from "./checks/program.ts";
import { release } from "./checks/release.ts";
import { server } from "./checks/server.ts";
import { state } from "./checks/state.ts";
import { strangers } from "./checks/strangers.ts";
import type { Check } from "./finding.ts";

/** All that an audit looks at, in the order in which it tells what it found. */
export const checks: Check[] = [
  ...[release, containers, networks, edge, files, program, state],
  ...[strangers, images, certificates, backups, server],
];
