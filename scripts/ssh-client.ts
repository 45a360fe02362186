import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Ssh, sharedSshOptions } from "../components/ssh.ts";
import { sshDirectory } from "../infra/ssh-key.ts";
import { Failure } from "./failure.ts";
import { root } from "./workspace.ts";

/** PATH by which `ssh` has the options of a host; the Docker client and whatever it starts take no others. */
export function pathOfSsh(ssh: Ssh): string {
  const words = sharedSshOptions(ssh).map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  const path = process.env.PATH ?? "";
  const text = `#!/bin/sh\nPATH='${path.replaceAll("'", `'\\''`)}' exec ssh ${words.join(" ")} "$@"\n`;
  const name = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const directory = join(root, ".slipway/.ssh", name);
  const file = join(directory, "ssh");
  if (!existsSync(file)) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, text, { mode: 0o755 });
    renameSync(`${file}.${process.pid}`, file);
  }
  return `${directory}:${path}`;
}

/** Refuses when the key is in the stack's configuration alone. */
export function requireKeyFile({ keyFile }: Ssh): void {
  if (!keyFile || existsSync(join(sshDirectory, keyFile))) return;
  const stack = basename(dirname(keyFile));
  throw new Failure(
    `the private key of ${stack} is in its configuration alone; to put it where ssh finds it type: npm run pulumi -- preview --stack ${stack}`,
  );
}
