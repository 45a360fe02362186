import { join } from "node:path";
import type { Document } from "yaml";
import { buildApp } from "../../scripts/images/build-app.ts";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { root } from "../../scripts/workspace.ts";
import { makeStack, makeTinyStack } from "../integration/tiny-stack.ts";
import { smallImage } from "../small-image.ts";

/** The certificates of all hold for `localhost`. */
export const hosts = {
  production: "production.localhost",
  staging: "staging.localhost",
  development: "development.localhost",
};

/** Of each container of staging; small enough to be reached at once. */
export const stagingLimits = { memoryMegabytes: 192, processes: 128, processors: 0.5 };

const report = { detail: () => {}, note: console.info };

/**
 * Three environments for one host, not deployed yet: two of the example, and a development that is one small service.
 * Production owns the edge, which the others share, on all addresses of the host, as on a server. By name one of these
 * sorts before production and one after it.
 */
export async function makeEnvironments() {
  const images = await resolveImages(report);
  const app = await buildApp(join(root, "examples/erp"), images.python, report);
  const small = await smallImage(images.helper, "development");
  const publish = (config: Document, service: string, host: string) =>
    config.setIn(["config", "slipway:services", service, "hosts"], [host]);
  const production = await makeStack(
    app,
    (config) => {
      config.setIn(["config", "slipway:edge", "address"], "0.0.0.0");
      publish(config, "api", hosts.production);
    },
    "test-m",
  );
  const share = (config: Document) => {
    const { httpsPort } = production;
    const edge = { mode: "shared", name: `edge-${production.name}`, httpsPort };
    config.setIn(["config", "slipway:edge"], { ...edge, certificates: "provided" });
    setNoDrain(config);
  };
  const staging = await makeStack(
    app,
    (config) => {
      share(config);
      publish(config, "api", hosts.staging);
      setLimits(config);
    },
    "test-a",
  );
  const development = await makeTinyStack(
    small,
    (config) => {
      share(config);
      publish(config, "web", hosts.development);
    },
    "test-z",
  );
  for (const each of [staging, development]) each.httpsPort = production.httpsPort;
  return { production, staging, development, images, app, small };
}

function setNoDrain(config: Document): void {
  config.setIn(["config", "slipway:deploy", "drainSeconds"], 0);
}

function setLimits(config: Document): void {
  const { processors: cpus, processes: maxProcesses, memoryMegabytes } = stagingLimits;
  const limits = { cpus, maxProcesses, memoryMegabytes };
  for (const path of [
    ["postgres"],
    ["redis"],
    ["services", "api"],
    ["workers", "worker"],
    ["beat"],
  ])
    for (const [key, value] of Object.entries(limits))
      config.setIn(["config", `slipway:${path[0]}`, ...path.slice(1), key], value);
}
