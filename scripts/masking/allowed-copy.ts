import { relative } from "node:path";
import { refresh } from "../../infra/schema/deploy.ts";
import { readConfiguration } from "../environment.ts";
import { Failure } from "../failure.ts";
import { root, stackFiles } from "../workspace.ts";

/**
 * The rules' file of a stack whose database may be replaced by a copy of that of `source`: its own file has to say so.
 * Fails with one line where it does not.
 */
export function allowedCopy(source: string, stack: string): string {
  if (source === stack) {
    throw new Failure(
      `a stack is not copied from itself; name the one that gets the copy: npm run refresh-from -- ${source} --stack staging`,
    );
  }
  if (stack === "production") {
    throw new Failure(
      "the database of production is never replaced by a copy; which stack gets it, says --stack",
    );
  }
  const file = relative(root, stackFiles(stack).configFile);
  const given = readConfiguration(stack)["slipway:refresh"];
  const set = `npm run pulumi -- --stack ${stack} config set --path slipway:refresh.from ${source}`;
  if (given === undefined) {
    throw new Failure(
      `${file} does not let a copy replace the database of ${stack}; if it may, type: ${set}`,
    );
  }
  const { data } = refresh.safeParse(given);
  if (!data) {
    throw new Failure(
      `slipway:refresh of ${file} has mistakes; to see them type: npm run pulumi -- preview --stack ${stack}`,
    );
  }
  if (data.from !== source) {
    throw new Failure(
      `${file} lets ${stack} be copied from ${data.from}, not from ${source}; if it may, type: ${set}`,
    );
  }
  return data.rules;
}
