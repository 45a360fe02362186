import { execa } from "execa";
import type { Deploy } from "../infra/history/deploys.ts";
import { type Command, readCommandLine } from "./command-line.ts";
import { readConfiguration, readEnvironment } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";
import { prepareToolchain } from "./prepare-toolchain.ts";
import { chooseRelease } from "./releases/choose-release.ts";
import { configureImages } from "./releases/configure-images.ts";
import { DataOfRelease } from "./releases/data-of-release.ts";
import { imageChanges } from "./releases/image-changes.ts";
import { readHistory } from "./releases/read-history.ts";
import { clock } from "./releases/releases-table.ts";
import { requireImage } from "./releases/require-image.ts";
import { shortImage } from "./releases/short-image.ts";
import { HostRestore } from "./restore/host-restore.ts";
import { StackState } from "./stack-state.ts";
import type { Toolchain } from "./toolchain/ensure-toolchain.ts";
import { localStack, root, stackEnvironment } from "./workspace.ts";

const command: Command = {
  usage: "npm run rollback -- [--to RELEASE] [--with-data] [--yes] [--stack STACK]",
  about: "Goes back to an earlier release: deploys the images that it had.",
  options: {
    to: {
      ...{ type: "string", value: "RELEASE" },
      about: "the release to go back to (without it: the one that served before)",
    },
    "with-data": {
      type: "boolean",
      about: "and to the database as it was before the release after it migrated it",
    },
    yes: { type: "boolean", about: "show no preview and ask nothing" },
    confirm: {
      ...{ type: "string", value: "STACK" },
      about: "the stack's name, where --with-data can ask nobody to type it",
    },
  },
};

await runScript(async () => {
  const { stack, values } = readCommandLine(command);
  const environment = readEnvironment(stack);
  const history = await readHistory(environment);
  const target = chooseRelease(history, stack, values.to as string | undefined);
  const { release } = target;
  const running = history.deploys.find(({ result }) => result === "live")?.images ?? {};
  const { changes, left } = imageChanges(readConfiguration(stack), target.images, running);
  if (changes.length === 0) {
    throw new Failure(
      `release ${release} had the same images; what differs is the rest of the configuration. ${itsConfiguration(target, stack)}`,
    );
  }
  for (const { to } of changes) await requireImage(to, environment);

  console.log(
    `${stack} goes back from ${history.live} to ${release}, of ${clock(target.begunAt)}:`,
  );
  for (const { key, from, to } of changes)
    console.log(`  ${key}  ${from ? shortImage(from) : "none"} -> ${shortImage(to)}`);
  for (const key of left)
    console.log(`  ${key}  left out: the configuration has no ${key.replace(/\.image$/, "")}`);
  const toolchain = await prepareToolchain();
  const data = values["with-data"]
    ? new DataOfRelease(
        ...([target, history, environment] as const),
        new HostRestore(environment, await new StackState(stack, toolchain).open()),
      )
    : undefined;
  await data?.prepare(values.confirm as string | undefined);
  const configured = await configureImages(changes, stack, toolchain);
  const isDecided = values.yes === true || data !== undefined;
  await data?.putInPlace().catch((error) => {
    configured.putBack();
    throw error;
  });
  const exitCode = await deploy(stack, toolchain, configured.configFile, isDecided);
  configured.close();
  await data?.settle();
  process.exitCode = exitCode;
  const { live } = await readHistory(environment).catch(() => history);
  if (exitCode === 0 && live !== release) {
    console.log(
      `Release ${live} serves now, and not ${release}: it has that one's images, and settings that changed since. ${itsConfiguration(target, stack)}`,
    );
  } else if (exitCode === 0) {
    console.log(`Release ${release} serves again.`);
  } else if (live === history.live) {
    configured.putBack();
    console.log(`Release ${live} serves on, and the configuration is as it was.`);
  } else {
    console.log(
      `Release ${live} serves, though the deploy did not end well; go on with: npm run pulumi -- up --stack ${stack}`,
    );
  }
});

/** Runs `pulumi up` on this terminal and returns its exit status. */
async function deploy(
  stack: string,
  toolchain: Toolchain,
  configFile: string,
  isDecided: boolean,
): Promise<number> {
  const words = ["up", ...(isDecided ? ["--yes", "--skip-preview"] : [])];
  const running = execa("pulumi", words, {
    ...{ cwd: root, stdio: "inherit", reject: false },
    env: { ...stackEnvironment(stack, toolchain), PULUMI_OPTION_CONFIG_FILE: configFile },
  });
  // A terminal sends Ctrl-C to the CLI as well. It ends what is under way, and then there is something to put back.
  const wait = () => {};
  const end = () => running.kill("SIGTERM");
  process.on("SIGINT", wait).on("SIGTERM", end).on("SIGHUP", end);
  const { exitCode } = await running;
  return exitCode ?? 1;
}

/** How to have the configuration that a release ran with. */
function itsConfiguration({ release, commit }: Deploy, stack: string): string {
  const sha = commit.replace(/-dirty$/, "");
  if (!sha) return `From which commit ${release} ran is not known.`;
  if (stack === localStack) return `It ran from commit ${sha}; the local stack's file is in none.`;
  const exactly = sha === commit ? "" : ", with changes that were not committed";
  return `It ran from commit ${sha}${exactly}; type: git checkout ${sha} -- Pulumi.${stack}.yaml && npm run pulumi -- up --stack ${stack}`;
}
