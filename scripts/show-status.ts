import { styleText } from "node:util";
import Table from "cli-table3";
import { type Command, readCommandLine } from "./command-line.ts";
import { listContainers, type RunningContainer } from "./containers.ts";
import { against, docker } from "./engine.ts";
import { type DeployedEnvironment, readEnvironment } from "./environment.ts";
import { runScript } from "./failure.ts";
import { liveRelease, lookInto } from "./host-directory.ts";
import { backupLine, keysLine, recentBackups } from "./releases/recent-backups.ts";
import { clock } from "./releases/releases-table.ts";
import { recentRestarts } from "./releases/restarts.ts";

const command: Command = {
  usage: "npm run status -- [--json] [--stack STACK]",
  about:
    "Shows what runs in a stack, which release, since when, whether it is healthy, and how full.",
  options: { json: { type: "boolean", about: "print all of it as JSON" } },
};

await runScript(async () => {
  const { stack, values } = readCommandLine(command);
  const environment = readEnvironment(stack);
  const containers = await listContainers(environment);
  if (containers.length === 0 && !values.json) {
    console.log(`Nothing runs in ${stack}. Type: npm run pulumi -- up --stack ${stack}`);
    return;
  }
  const running = containers.filter(({ state }) => state === "running");
  const [release, restarts, saved, memory, disk, volumes] = await Promise.all([
    liveRelease(environment, containers),
    recentRestarts(environment, containers),
    recentBackups(environment, containers),
    memoryInUse(environment, running),
    diskInUse(environment, containers),
    volumeSizes(environment),
  ]);
  if (values.json) {
    const all = { stack, release, containers, restarts, ...saved, memory, disk, volumes };
    console.log(JSON.stringify(all, null, 2));
    return;
  }
  const port = environment.httpsPort === 443 ? "" : `:${environment.httpsPort}`;
  const addresses = Object.values(environment.hosts)
    .flat()
    .map((host) => `https://${host}${port}`);
  console.log(
    `${stack}: ${release ? `release ${release} is live` : "no release is live"}  ${addresses.join("  ")}`,
  );
  const table = new Table({
    head: ["name", "release", "state", "healthy", "since", "restarts", "memory"],
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: process.stdout.isTTY ? { head: ["bold"], border: ["dim"] } : { head: [], border: [] },
  });
  for (const each of containers) {
    table.push([
      each.name,
      each.release ? (each.release === release ? `${each.release} live` : each.release) : "",
      each.state === "running" ? each.state : styleText("red", each.state),
      healthWord(each),
      each.state === "running" ? since(each.startedAt) : "",
      String(each.restarts),
      memory[each.id] ?? "",
    ]);
  }
  console.log(table.toString());
  for (const { name, times, last, reason } of restarts) {
    console.log(
      `the watchdog restarted ${name} ${times === 1 ? "once" : `${times} times`} in the last day, last at ${clock(last)}: ${reason}`,
    );
  }
  for (const each of saved.backups) console.log(backupLine("backup in", each));
  for (const each of saved.proofs) console.log(backupLine("proof of", each));
  if (saved.keys) console.log(keysLine(saved.keys, stack));
  for (const { name, size } of volumes) console.log(`volume ${name}: ${size}`);
  if (disk) console.log(`disk of the host: ${disk.percent} full, ${disk.freeGigabytes} GB free`);
});

function healthWord({ state, health }: RunningContainer): string {
  if (state !== "running") return "";
  if (health === "healthy") return styleText("green", "yes");
  return health === "unhealthy" ? styleText("red", "no") : (health ?? "");
}

function since(started: Date): string {
  const minutes = Math.round((Date.now() - started.getTime()) / 60_000);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

/**
 * What each container uses of its limit, by id. All of the host are asked, since the client says nothing of any when one
 * of those that were named to it is gone, as those are that only do a piece of work.
 */
async function memoryInUse(environment: DeployedEnvironment, running: RunningContainer[]) {
  if (running.length === 0) return {};
  const format = "{{.ID}} {{.MemUsage}}";
  const words = ["stats", "--no-stream", "--no-trunc", "--format", format];
  const { stdout } = await against(environment)("docker", words, { reject: false });
  const all = new Map(
    stdout.split("\n").map((line): [string, string] => {
      const [id = "", ...usage] = line.split(" ");
      return [id, usage.join(" ")];
    }),
  );
  return Object.fromEntries(running.map(({ id }) => [id, all.get(id)]));
}

/** Undefined when nothing was deployed to the host yet. */
async function diskInUse(environment: DeployedEnvironment, containers: RunningContainer[]) {
  const words = ["df", "-P", "/host"];
  const table = await lookInto(environment.directory, environment, containers, words);
  if (table === undefined) return;
  const [, , , free = "0", percent = "?"] = table.split("\n").at(-1)?.split(/\s+/) ?? [];
  return { percent, freeGigabytes: Math.round(Number(free) / 1_048_576) };
}

async function volumeSizes({ stack, ...environment }: DeployedEnvironment) {
  const words = ["system", "df", "--verbose", "--format", "{{json .Volumes}}"];
  const volumes = JSON.parse(await docker(environment, words)) as { Name: string; Size: string }[];
  return volumes
    .filter(({ Name }) => new RegExp(`^slipway-${stack}-[a-z0-9_]+$`).test(Name))
    .map(({ Name, Size }) => ({ name: Name, size: Size }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
