import { execa } from "execa";
import { hostScript } from "../../../components/host-script.ts";
import type { Vps } from "../../../scripts/vps/vps.ts";
import { preparedHost } from "../../../scripts/watchdog-script.ts";

/** Has a server whose root has no timers run a job, which notes that it ran: at once, and in a minute or two by cron. */
export async function armCron({ run, container }: Vps) {
  const directory = "/srv/by-cron";
  const script = `apt-get update -qq; apt-get install -qq --no-install-recommends cron >/dev/null; pgrep -x cron >/dev/null || cron
    mkdir -p "$1/test/backups" "$1/test/journal"; touch "$1/test/journal/log"; echo '0 0 1 1 * true' | crontab -
    date --utc --date '70 seconds' +%H:%M`;
  const at = (await run("sh", "-euc", script, "prepare", directory)).split("\n").at(-1) ?? "";
  const job = Buffer.from(`echo "$1" >>${directory}/runs\n`).toString("base64");
  const host = { ...preparedHost, directory };
  const variables = { STACK: "test", AT: at, FINGERPRINT: "none", JOB: job };
  const input = hostScript("schedule-backups", host, variables);
  const apply = (verb: "apply" | "remove") =>
    execa("docker", ["exec", "--interactive", container, "bash", "-s", "--", verb], { input });
  await apply("apply");
  return { directory, remove: () => apply("remove") };
}
