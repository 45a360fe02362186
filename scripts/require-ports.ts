import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { execa } from "execa";
import { parse } from "yaml";
import { edge as edgeSchema } from "../infra/schema/platform.ts";
import { Failure } from "./failure.ts";
import { localStack, stackFiles } from "./workspace.ts";

/** Refuses when another program holds a port that the local stack's edge publishes. */
export async function requirePorts(): Promise<void> {
  const { configFile } = stackFiles(localStack);
  const edge = edgeSchema.parse(parse(readFileSync(configFile, "utf8")).config["slipway:edge"]);
  const { exitCode } = await execa("docker", ["inspect", `slipway-${edge.name}`], {
    reject: false,
  });
  if (exitCode === 0) return;
  for (const key of ["httpPort", "httpsPort"] as const) {
    if (await isFree(edge[key], edge.address)) continue;
    throw new Failure(
      `port ${edge[key]} of ${edge.address} is in use; end the program that holds it (ss -ltnp 'sport = :${edge[key]}'), ` +
        `or type: npm run pulumi -- config set --path slipway:edge.${key} ${edge[key] + 1000}`,
    );
  }
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once("error", () => resolve(false))
      .listen({ port, host }, () => server.close(() => resolve(true)));
  });
}
