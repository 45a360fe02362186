import type { Document } from "yaml";
import { serverWords } from "./bench-app.ts";
import type { ProxiedApp } from "./kamal-proxy.ts";

/** The whole stack as it is, its API as slow to start as the bench wants it. */
export function withSlowApi(config: Document): void {
  config.setIn(["config", "slipway:services", "api", "command", 1], "with_erp:app");
}

/** What answers in a stack of nothing but an edge and one service. */
export const plainApp: ProxiedApp = {
  command: ["uvicorn", "plain:app", ...serverWords],
  port: 8000,
  readiness: "/healthz/ready",
};

/** An edge and one service: no servers of data, no workers, no migration. */
export function withPlainApi(config: Document): void {
  const put = (path: string[], value: unknown) =>
    config.setIn(["config", ...path], config.createNode(value));
  for (const server of ["postgres", "redis"]) put([`slipway:${server}`], { mode: "none" });
  for (const absent of ["settings", "secrets", "workers", "beat", "migration"]) {
    config.deleteIn(["config", `slipway:${absent}`]);
  }
  for (const absent of ["volumes", "celery"]) config.deleteIn(["config", "slipway:app", absent]);
  put(["slipway:services", "api", "command"], plainApp.command);
  put(["slipway:services", "api", "probes", "smoke"], ["/smoke"]);
}
