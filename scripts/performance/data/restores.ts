import { execa } from "execa";
import { readEnvironment } from "../../environment.ts";
import { localStack } from "../../workspace.ts";
import { sql } from "../database.ts";

const server = `slipway-${localStack}-postgres`;
const place = "/var/lib/postgresql/data";
const label = `slipway.stack=${localStack}`;

/** Each goes into a new volume. They stay until all is measured: ext4 is slow where files were deleted just before. */
export class Restores {
  readonly #volumes: string[] = [];
  #restored = "";

  /** The newest backup, as `npm run restore` has it restored; all of it is on the disk then. */
  async restore(): Promise<void> {
    const identifier = await sql("SELECT system_identifier FROM pg_control_system()");
    const { directory } = readEnvironment(localStack);
    this.#restored = await this.#volume();
    await run([
      ...["--user", "999:999", "--tmpfs", "/tmp", "--env", `PGBACKREST_PG1_PATH=${place}`],
      ...["--volume", `slipway-${localStack}-backups:/var/lib/pgbackrest:ro`],
      ...["--volume", `${directory}/${localStack}/pgbackrest:/etc/pgbackrest:ro`],
      ...["--volume", `${this.#restored}:${place}`, ...(await image())],
      `pgbackrest --stanza=pg${identifier} --repo=1 --archive-mode=off --process-max=$(nproc) restore; sync -f ${place}`,
    ]);
  }

  /** What was restored, as plain files. */
  async copy(): Promise<void> {
    const volumes = ["--volume", `${this.#restored}:/from:ro`];
    volumes.push("--volume", `${await this.#volume()}:/to`);
    await run([...volumes, ...(await image()), "cp -a /from/. /to/; sync -f /to"]);
  }

  async remove(): Promise<void> {
    await execa("docker", ["volume", "rm", "--force", ...this.#volumes]);
  }

  async #volume(): Promise<string> {
    const { stdout } = await execa("docker", ["volume", "create", "--label", label]);
    this.#volumes.push(stdout);
    return stdout;
  }
}

async function run(words: string[]): Promise<void> {
  await execa("docker", ["run", "--rm", "--network", "none", "--label", label, ...words]);
}

async function image(): Promise<string[]> {
  const { stdout } = await execa("docker", ["inspect", "--format", "{{.Image}}", server]);
  return ["--entrypoint", "sh", stdout, "-euc"];
}
