import { existsSync, rmSync } from "node:fs";
import { runPulumi } from "./deploy-stack.ts";
import { against, readEnvironment } from "./environment.ts";
import { runScript } from "./failure.ts";
import { type Report, runSteps } from "./progress.ts";
import { ensureToolchain } from "./toolchain/ensure-toolchain.ts";
import { localStack, readArguments, requireLocalStack, stackFiles } from "./workspace.ts";

const usage = "npm run quickstart:down [-- --forget]";

/**
 * Takes the local stack down and leaves no container, network, volume or file of it on the host. With `--forget`
 * its configuration, state and passphrase go too, whether or not the state can still be read.
 */
await runScript(async () => {
  const { values } = readArguments(usage, { forget: { type: "boolean" } });
  const { directory, configFile } = stackFiles(localStack);
  if (!existsSync(configFile)) {
    console.log("There is no local stack.");
    return;
  }
  if (!values.forget) requireLocalStack();
  await runSteps("Taking the local stack down", [
    ...(values.forget
      ? []
      : [
          {
            title: "pulumi destroy",
            run: async (report: Report) => {
              const toolchain = await ensureToolchain(report);
              await runPulumi(["destroy"], localStack, toolchain, report);
            },
          },
        ]),
    { title: "What outlives a destroy: volumes and files", run: removeRemains },
  ]);
  if (values.forget) rmSync(directory, { recursive: true });
  console.log("Nothing of Slipway is left on the Docker engine but its images.");
});

async function removeRemains(): Promise<void> {
  const environment = readEnvironment(localStack);
  const { stack, directory, edgeName, ownsEdge, helper } = environment;
  const run = against(environment);
  const labelled = ["--filter", `label=slipway.stack=${stack}`];
  const remove = async (
    kind: "container" | "network" | "volume",
    filter: string[],
    words: string[],
  ) => {
    const all = kind === "container" ? ["--all"] : [];
    const { stdout } = await run("docker", [kind, "ls", "--quiet", ...all, ...filter]);
    const found = stdout.split("\n").filter(Boolean);
    if (found.length > 0) await run("docker", [kind, "rm", ...words, ...found]);
  };
  await remove("container", labelled, ["--force", "--volumes"]);
  await remove("network", labelled, []);
  await remove("volume", ["--filter", `name=^slipway-${stack}-[a-z0-9_]+$`], []);
  await run("docker", [
    ...["run", "--rm", "--network", "none", "--volume", `${directory}:/slipway`, helper],
    ...["rm", "-rf", `/slipway/${stack}`],
    ...(ownsEdge ? [`/slipway/edges/${edgeName}`] : []),
  ]);
}
