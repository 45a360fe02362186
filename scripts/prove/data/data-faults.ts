import { setTimeout as sleep } from "node:timers/promises";
import {
  ask,
  type DataStage,
  docker,
  inServer,
  mustType,
  server,
  typed,
  volume,
} from "./data-stage.ts";
import { onSmallDisk } from "./small-disk.ts";

/** What goes wrong with data. */
export interface DataFault {
  title: string;
  /** Lets it happen and does what there is to do about it; returns which promises were not kept. */
  strike(stage: DataStage): Promise<string[]>;
  /** How many seconds before it may be lost. Defaults to none. */
  mayLoseSeconds?: number;
}

/** As pgBackRest's repository has them: what is archived is in `archive`, what a backup consists of in `backup`. */
const newestSegment =
  "find /var/lib/pgbackrest/archive -regex '.*/[0-9A-F]*-[0-9a-f]*\\.zst' | sort | tail -n 1";
const newestBundle =
  "find /var/lib/pgbackrest/backup -path '*F/bundle/*' -type f | sort | tail -n 1";

/** Waits for one that is at work; the server's image has no program that looks for processes. */
const killBackup = `while :; do
  for each in /proc/[0-9]*; do
    case $(tr '\\0' ' ' <"$each/cmdline") in "pgbackrest "*" backup "*) kill -9 "\${each#/proc/}"; exit ;; esac
  done 2>/dev/null
  sleep 0.05
done`;

/** By the names that `--only` takes, in the order in which they happen. */
export const dataFaults: Record<string, DataFault> = {
  postmaster: {
    title: "Postgres is killed",
    async strike() {
      await inServer("kill -9 $(head -n 1 $PGDATA/postmaster.pid)");
      return [];
    },
  },
  backup: {
    title: "a backup is killed",
    async strike() {
      const [running] = await Promise.all([
        typed("take-backup.ts", "--full"),
        inServer(killBackup),
      ]);
      const next = await typed("take-backup.ts");
      return [
        ...(running.exitCode === 0 ? ["it was not seen"] : []),
        ...(next.exitCode === 0 ? [] : [`the next one failed: ${next.all}`]),
      ];
    },
  },
  "backups-full": {
    title: "the disk of the backups is full",
    strike: (stage) =>
      onSmallDisk(stage, volume("backups"), async (fill) => {
        const free = await fill();
        const before = await ask("SELECT failed_count FROM pg_stat_archiver");
        await ask("SELECT pg_switch_wal()");
        await sleep(15_000);
        const after = await ask("SELECT failed_count FROM pg_stat_archiver");
        await stage.writer.untilAcknowledged(30);
        await free();
        return before === after ? ["archiving did not fail"] : [];
      }),
  },
  "data-full": {
    title: "the disk of the data and of the log is full",
    strike: (stage) =>
      onSmallDisk(stage, volume("postgres"), async (fill) => {
        const free = await fill();
        await sleep(15_000);
        await free();
        return [];
      }),
  },
  "log-missing": {
    title: "a part of the log is missing in the repository",
    async strike(stage) {
      await mustType("take-backup.ts", "--full");
      await ask("SELECT pg_switch_wal()");
      await stage.writer.untilAcknowledged(30);
      await ask("SELECT pg_switch_wal()");
      await sleep(3000);
      await inServer(`rm "$(${newestSegment})"`);
      return [...(await refused()), ...(await mended())];
    },
  },
  "backup-replaced": {
    title: "a file of the newest backup was replaced",
    async strike() {
      await mustType("take-backup.ts", "--full");
      await inServer(
        `printf damage | dd of="$(${newestBundle})" bs=1 seek=5000 conv=notrunc status=none`,
      );
      return [...(await refused()), ...(await mended())];
    },
  },
  restores: {
    title: "two restores at once",
    async strike() {
      const both = await Promise.all([typed("restore-data.ts"), typed("restore-data.ts")]);
      const codes = both.map(({ exitCode }) => exitCode).sort();
      return codes.join() === "0,1" ? [] : [`they ended with ${codes.join(" and ")}`];
    },
  },
  "volume-lost": {
    title: "the volume with the data is lost",
    mayLoseSeconds: 60,
    async strike({ stack }) {
      await docker("rm", "--force", server);
      await docker("volume", "rm", volume("postgres"));
      stack.configure((config) =>
        config.setIn(["config", "slipway:backups"], config.createNode({ emptyVolume: "restore" })),
      );
      await stack.pulumi.up("--refresh");
      return [];
    },
  },
};

/** What is damaged is told, and is no restore. */
async function refused(): Promise<string[]> {
  const { exitCode } = await typed("restore-data.ts");
  return exitCode === 0 ? ["it was restored as if nothing were wrong"] : [];
}

/** From the next full backup on all can be restored again. */
async function mended(): Promise<string[]> {
  const { exitCode, all } = await typed("take-backup.ts", "--full");
  return exitCode === 0 ? [] : [`the next backup failed: ${all}`];
}
