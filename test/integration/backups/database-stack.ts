import { execa } from "execa";
import type { Document } from "yaml";
import { resolveImages } from "../../../scripts/images/resolve-images.ts";
import { removeImages, smallImage } from "../../small-image.ts";
import { docker, until } from "../../throw-away.ts";
import { makeTinyStack } from "../tiny-stack.ts";

/** Names the data of the server in whose container a shell expands it, as pgBackRest takes it. */
export const stanza =
  "--stanza=$(LC_ALL=C pg_controldata | sed -n 's/^Database system identifier: */pg/p')";

export type DatabaseStack = Awaited<ReturnType<typeof makeDatabaseStack>>;

/** A stack with a Postgres of its own beside a service that has nothing to do with it; deployed. */
export async function makeDatabaseStack(change: (config: Document) => void = () => {}) {
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  const image = await smallImage(helper, "here");
  const stack = await makeTinyStack(image, (config) => {
    config.setIn(["config", "slipway:postgres"], config.createNode({ mode: "own" }));
    change(config);
  });
  await stack.up();
  const server = `slipway-${stack.name}-postgres`;
  const ask = (sql: string) =>
    docker("exec", server, "psql", "-U", "postgres", "-d", "app", "-qAtc", sql);
  /** Waits for the backup that a deploy begins: one excludes another. */
  const backupEnds = async () => {
    await execa("flock", [`/var/lib/slipway/${stack.name}/backups/lock`, "true"]);
  };
  await ask("create table written (text text primary key, at timestamptz default now())");
  return {
    stack,
    server,
    /** What psql prints of a statement, as the superuser. */
    ask,
    /** Returns when it is committed: with the segment that it is in. */
    async write(text: string): Promise<{ segment: string }> {
      await ask(`insert into written values ('${text}')`);
      return { segment: await ask("select pg_walfile_name(pg_current_wal_lsn())") };
    },
    backupEnds,
    /** Makes a full backup in a repository. */
    async backUp(repository = 1): Promise<void> {
      const backrest = (words: string) => `pgbackrest ${stanza} ${words}`;
      const script = `${backrest("stanza-create")}; ${backrest(`--repo=${repository} --type=full backup`)}`;
      await backupEnds();
      await docker("exec", server, "sh", "-c", script);
    },
    /** Returns when all that was written is in the repository. */
    async archive(): Promise<void> {
      // Where nothing was written since the last time there would be nothing to archive.
      await ask("select pg_current_xact_id()");
      const segment = await ask("select pg_walfile_name(pg_switch_wal())");
      const archived = "select coalesce(last_archived_wal, '') from pg_stat_archiver";
      await until(async () => ((await ask(archived)) >= segment ? true : undefined), 90);
    },
    /** The newest segment that the server has archived. */
    archived: () => ask("select coalesce(last_archived_wal, '') from pg_stat_archiver"),
    async takeDown(): Promise<void> {
      await stack.takeDown();
      await removeImages(image);
    },
  };
}
