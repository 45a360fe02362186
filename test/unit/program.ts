import { vi } from "vitest";
import { configure, erp } from "./configuration.ts";
import type { Recorder, Registration } from "./record.ts";

/** Runs the whole program on the example's configuration with these changes, and forgets what an earlier run declared. */
export async function runProgram(recorder: Recorder, changes: Record<string, unknown> = {}) {
  recorder.clear();
  configure(erp(changes));
  vi.resetModules();
  // The host of this program is no host.
  vi.doMock("../../infra/lease.ts", () => ({ takeLease: () => Promise.resolve() }));
  const { default: outputs } = await import("../../infra/start.ts");
  await recorder.wait();
  return outputs as typeof import("../../infra/index.ts");
}

/** The containers of the release, which have its label. */
export function releaseContainers(recorder: Recorder): Registration[] {
  return recorder.all.filter(({ inputs }) =>
    inputs.labels?.some((each: { label: string }) => each.label === "slipway.release"),
  );
}

/** URNs of all that the engine finishes before it starts with `resource`. */
export function upstream(recorder: Recorder, resource: Registration): Set<string> {
  const found = new Set<string>();
  const visit = ({ dependencies, parent, options }: Registration) => {
    const provider = options.provider.slice(0, options.provider.lastIndexOf("::"));
    for (const urn of [...dependencies, parent, provider]) {
      if (!urn || found.has(urn)) continue;
      found.add(urn);
      visit(recorder.all.find((each) => each.urn === urn) as Registration);
    }
  };
  visit(resource);
  return found;
}
