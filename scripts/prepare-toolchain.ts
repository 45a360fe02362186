import { runSteps } from "./progress.ts";
import { ensureToolchain, presentToolchain, type Toolchain } from "./toolchain/ensure-toolchain.ts";

/** The toolchain: made with visible progress when this machine lacks it, and without a word when it is there. */
export async function prepareToolchain(): Promise<Toolchain> {
  let toolchain = presentToolchain();
  if (!toolchain) {
    await runSteps("Preparing Pulumi", [
      {
        title: "Pulumi CLI and plugins",
        run: async (report) => {
          toolchain = await ensureToolchain(report);
        },
      },
    ]);
  }
  return toolchain as Toolchain;
}
