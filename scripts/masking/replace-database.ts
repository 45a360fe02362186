import { maintenancePage } from "../../components/maintenance-page.ts";
import { type DeployedEnvironment, runOnHost } from "../environment.ts";
import type { StackState } from "../stack-state.ts";

export interface LoadedCopy {
  /** What it is marked with. */
  id: string;
  /** Where it comes from, for the journal. */
  from: string;
  /** Whether its tables are those of the database that it replaces. */
  tables: "same" | "other";
}

/** Puts what was loaded beside an environment's database in its place, and says for how long nothing served. */
export async function replaceDatabase(
  environment: DeployedEnvironment & { database: string },
  { id, from, tables }: LoadedCopy,
  state: () => Promise<StackState>,
): Promise<string> {
  // Before and not after: killed between the two, the next deploy would not know of it.
  if (tables === "other") await (await state()).redo(new Set(["migration", "postgres-roles"]));
  const { stack, edgeName: edge, edgeAddress: address, httpsPort, database } = environment;
  const hosts = Object.values(environment.hosts).flat();
  return runOnHost(environment, "replace-database", "apply", {
    ...{ STACK: stack, DATABASE: database, COPY: id, FROM: from },
    WAITS: tables === "same" ? "yes" : "",
    ...maintenancePage({ stack, edge, address, httpsPort, hosts }),
  });
}

/** What is left to do for a release that knows other tables. */
export function whatIsLeft(stack: string, from: string): string {
  return `its tables are as in ${from}, and the release of ${stack} knows others; type: npm run pulumi -- up --stack ${stack}`;
}
