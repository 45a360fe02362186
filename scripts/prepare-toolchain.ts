import { runSteps } from "./progress.ts";
import { ensureToolchain, presentToolchain, type Toolchain } from "./toolchain/ensure-toolchain.ts";
import { githubPlugin } from "./toolchain/versions.ts";
import { githubStack } from "./workspace.ts";

/**
 * The toolchain, with the GitHub plugin where the stack is that of GitHub: made with visible progress when this machine
 * lacks it, and without a word when it is there.
 */
export async function prepareToolchain(stack?: string): Promise<Toolchain> {
  const more = stack === githubStack ? [githubPlugin] : [];
  let toolchain = presentToolchain(more);
  if (!toolchain) {
    await runSteps("Preparing Pulumi", [
      {
        title: "Pulumi CLI and plugins",
        run: async (report) => {
          toolchain = await ensureToolchain(report, more);
        },
      },
    ]);
  }
  return toolchain as Toolchain;
}
