import { runSteps } from "./progress.ts";
import { ensureToolchain, type Toolchain } from "./toolchain/ensure-toolchain.ts";

/** The toolchain, made with visible progress when this machine lacks it, and silently when it is there. */
export async function prepareToolchain(): Promise<Toolchain> {
  let toolchain: Toolchain | undefined;
  await runSteps("Preparing Pulumi", [
    {
      title: "Pulumi CLI and plugins",
      run: async (report) => {
        toolchain = await ensureToolchain(report);
      },
    },
  ]);
  return toolchain as Toolchain;
}
