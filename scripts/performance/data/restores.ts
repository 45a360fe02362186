import { execa } from "execa";
import { readEnvironment } from "../../environment.ts";
import { localStack } from "../../workspace.ts";
import { sql } from "../database.ts";

const server = `slipway-${localStack}-postgres`;
const place = "/var/lib/postgresql/data";
const restored = `slipway-${localStack}.bench-restored`;
const copied = `slipway-${localStack}.bench-copied`;

/** Waits for the backup that the first deploy begins. */
export async function firstBackupEnds(): Promise<void> {
  const { directory } = readEnvironment(localStack);
  await execa("flock", [`${directory}/${localStack}/backups/lock`, "true"]);
}

/** The newest backup into an empty volume, as `npm run restore` has it restored; all of it is on the disk then. */
export async function restoreNewest(): Promise<void> {
  const identifier = await sql("SELECT system_identifier FROM pg_control_system()");
  const { directory } = readEnvironment(localStack);
  await intoEmpty(restored, [
    ...["--user", "999:999", "--tmpfs", "/tmp", "--env", `PGBACKREST_PG1_PATH=${place}`],
    ...["--volume", `slipway-${localStack}-backups:/var/lib/pgbackrest:ro`],
    ...["--volume", `${directory}/${localStack}/pgbackrest:/etc/pgbackrest:ro`],
    ...["--volume", `${restored}:${place}`, ...(await image())],
    `pgbackrest --stanza=pg${identifier} --repo=1 --archive-mode=off --process-max=$(nproc) restore; sync -f ${place}`,
  ]);
}

/** What was restored, as plain files into another empty volume. */
export async function copyRestored(): Promise<void> {
  await intoEmpty(copied, [
    ...["--volume", `${restored}:/from:ro`, "--volume", `${copied}:/to`, ...(await image())],
    "cp -a /from/. /to/; sync -f /to",
  ]);
}

/** What was restored and copied; the disk has nothing else to do then. */
export async function removeVolumes(): Promise<void> {
  await execa("docker", ["volume", "rm", "--force", restored, copied]);
  await execa("sync");
}

async function intoEmpty(volume: string, words: string[]): Promise<void> {
  const label = `slipway.stack=${localStack}`;
  await execa("docker", ["volume", "create", "--label", label, volume]);
  await execa("docker", ["run", "--rm", "--network", "none", "--label", label, ...words]);
}

async function image(): Promise<string[]> {
  const { stdout } = await execa("docker", ["inspect", "--format", "{{.Image}}", server]);
  return ["--entrypoint", "sh", stdout, "-euc"];
}
