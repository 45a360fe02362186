import type { Document } from "yaml";
import { resolveImages } from "../../../scripts/images/resolve-images.ts";
import { removeImages, smallImage } from "../../small-image.ts";
import { docker } from "../../throw-away.ts";
import { makeTinyStack } from "../tiny-stack.ts";

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
    /** The newest segment that the server has archived. */
    archived: () => ask("select coalesce(last_archived_wal, '') from pg_stat_archiver"),
    async takeDown(): Promise<void> {
      await stack.takeDown();
      await removeImages(image);
    },
  };
}
