import { createWriteStream, rmSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { hostScript } from "../../components/host-script.ts";
import { type DeployedEnvironment, shellOnHost, whyOnHost } from "../environment.ts";
import { Failure } from "../failure.ts";
import { placeFor } from "../private-file.ts";
import type { Part } from "./host-restore.ts";

/**
 * What somebody else runs is not replaced from here: what is saved of it comes into files, and how they go on is said.
 * Fails for what was typed that makes no sense of them.
 */
export async function fetchAll(
  environment: DeployedEnvironment,
  parts: Part[],
  values: Record<string, unknown>,
): Promise<void> {
  const { stack } = environment;
  const to = (values.to as string | undefined) ?? "latest";
  if (values.into === "live" || values.undo || values.drop) {
    throw new Failure(
      `the Postgres of ${stack} is managed: nothing is put in its place from here; for a dump in a file type: npm run restore -- --to latest --stack ${stack}`,
    );
  }
  if (to !== "latest" && !/^\d{8}-\d{6}$/.test(to)) {
    throw new Failure(
      `the Postgres of ${stack} is managed: there is no going back to a moment between two dumps; type --to latest, or a dump such as --to 20260504-023000`,
    );
  }
  const out = values.into === "side" ? undefined : (values.into as string);
  for (const part of parts) {
    const ending = part === "files" ? "tar" : "dump";
    const given = parts.length > 1 && out ? `${out}.${ending}` : out;
    const file = await placeFor(`slipway-${stack}.${ending}`, given, "--into");
    const { set, at } = await fetchOne(environment, part, to, file);
    console.log(`${file} has the ${part} of ${set}, ${at} UTC. Delete it when it is used.`);
    console.log(
      part === "files"
        ? `To see what is in it: tar --list --file ${file}`
        : `Into a new and empty database: pg_restore --no-owner --no-privileges --exit-on-error --dbname=postgresql://USER@HOST/DATABASE ${file}`,
    );
  }
}

/**
 * Writes what a host has saved of a managed database, or beside it, into a new file that nobody else may read. Returns
 * the name of the backup, and when it was made.
 */
async function fetchOne(
  environment: DeployedEnvironment,
  part: Part,
  to: string,
  file: string,
): Promise<{ set: string; at: string }> {
  const variables = { STACK: environment.stack, PART: part === "files" ? "files" : "dump", TO: to };
  const script = shellOnHost(
    environment,
    "apply",
  )({
    input: hostScript("fetch-dump", environment, variables),
    encoding: "buffer",
    buffer: { stdout: false, stderr: true },
    reject: false,
  });
  const out = createWriteStream(file, { flags: "wx", mode: 0o600, flush: true });
  const [result, written] = await Promise.all([
    script,
    pipeline(script.stdout, out).catch((error: Error) => error),
  ]);
  const said = Buffer.from(result.stderr).toString();
  if (result.failed || written instanceof Error) {
    rmSync(file, { force: true });
    const { exitCode } = result;
    throw new Failure(
      (written instanceof Error ? `${file} could not be written: ${written.message}` : undefined) ??
        whyOnHost(environment, { stderr: said, exitCode }) ??
        "nothing could be fetched",
    );
  }
  const [set = "", at = ""] = said.trim().split("\n").at(-1)?.split(" ") ?? [];
  return { set, at };
}
