import { existsSync, rmSync } from "node:fs";
import { type Command, readCommandLine } from "./command-line.ts";
import { runPulumi } from "./deploy-stack.ts";
import { runScript } from "./failure.ts";
import { type Report, runSteps } from "./progress.ts";
import { findRemains, removeRemains } from "./remains.ts";
import { ensureToolchain } from "./toolchain/ensure-toolchain.ts";
import { localStack, requireLocalStack, stackFiles } from "./workspace.ts";

const command: Command = {
  usage: "npm run quickstart:down -- [--forget]",
  about:
    "Takes the local stack down and leaves no container, network, volume or file of it on the host.",
  options: {
    forget: {
      type: "boolean",
      about: "its configuration, state and passphrase go too, even if the state cannot be read",
    },
  },
  elsewhere: (stack) => `npm run pulumi -- destroy --stack ${stack}`,
};

await runScript(async () => {
  const { values } = readCommandLine(command);
  const { directory, configFile } = stackFiles(localStack);
  const isKnown = existsSync(configFile);
  if (!isKnown) {
    const { containers, networks, volumes, paths } = await findRemains();
    const found = Object.entries({ containers, networks, volumes, paths });
    if (found.every(([, { length }]) => length === 0)) {
      console.log("There is no local stack, and nothing of one on the Docker engine.");
      return;
    }
    const counts = found.map(([kind, { length }]) => `${length} ${kind}`);
    console.log(
      `The local stack's files are gone (${configFile}); left of it are ${counts.join(", ")}.`,
    );
  } else if (!values.forget) requireLocalStack();
  const destroy = {
    title: "pulumi destroy",
    run: async (report: Report) => {
      const toolchain = await ensureToolchain(report);
      await runPulumi(["destroy"], localStack, toolchain, report);
    },
  };
  await runSteps("Taking the local stack down", [
    ...(isKnown && !values.forget ? [destroy] : []),
    { title: "What outlives a destroy: volumes and files", run: removeRemains },
  ]);
  if (values.forget) rmSync(directory, { recursive: true, force: true });
  console.log("Nothing of Slipway is left on the Docker engine but its images.");
});
