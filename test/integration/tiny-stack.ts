import { vi } from "vitest";
import type { Document } from "yaml";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { ensureToolchain } from "../../scripts/toolchain/ensure-toolchain.ts";
import { TestStack } from "./stack.ts";

const report = { detail: () => {}, note: console.info };

/**
 * A stack of an edge and one service, which runs the image's own command and answers on port 8000; `change` edits its
 * configuration.
 */
export async function makeTinyStack(
  app: string,
  change: (config: Document) => void = () => {},
  name?: string,
): Promise<TestStack> {
  const makeTiny = (config: Document) => {
    const put = (key: string, value: unknown) =>
      config.setIn(["config", `slipway:${key}`], config.createNode(value));
    for (const server of ["postgres", "redis"]) put(server, { mode: "none" });
    for (const absent of ["settings", "secrets", "workers", "beat", "migration"])
      config.deleteIn(["config", `slipway:${absent}`]);
    put("app", {});
    put("services", {
      web: { port: 8000, hosts: ["localhost"], probes: { liveness: "/", readiness: "/" } },
    });
    change(config);
  };
  return makeStack(app, makeTiny, name);
}

/** A stack of the example, with another image of the application; it is configured and not deployed. */
export async function makeStack(
  app: string,
  change: (config: Document) => void = () => {},
  name?: string,
): Promise<TestStack> {
  const stack = new TestStack(undefined, name);
  await stack.prepare(change);
  process.env.SLIPWAY_LOCAL_STACK = stack.name;
  process.env.SLIPWAY_LOCAL_TEMPLATE = stack.template;
  // Modules read the stack's name once, and a test file may make several stacks.
  vi.resetModules();
  const { makeLocalStack, configureLocalStack } = await import("../../scripts/local-stack.ts");
  const toolchain = await ensureToolchain(report);
  await makeLocalStack(toolchain);
  await configureLocalStack(toolchain, await resolveImages(report), app);
  return stack;
}
