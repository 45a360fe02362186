import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { root } from "../workspace.ts";
import { PulumiCommands } from "./pulumi-commands.ts";

/**
 * Makes and deploys a program that declares nothing, in a directory that does not exist yet. The same engine, Node, SDK
 * and options run it as the stack whose `environment` this is.
 */
export async function makeEmptyProgram(
  directory: string,
  environment: Record<string, string | undefined>,
  signal: AbortSignal,
): Promise<PulumiCommands> {
  const files = {
    "Pulumi.yaml": stringify({
      ...{ name: "empty", main: "index.ts" },
      runtime: { name: "nodejs", options: { typescript: false } },
    }),
    "package.json": JSON.stringify({ name: "empty", private: true, type: "module" }),
    "index.ts": "export {};\n",
  };
  mkdirSync(join(directory, "state"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  const pulumi = new PulumiCommands({
    cwd: directory,
    env: {
      ...environment,
      PULUMI_BACKEND_URL: `file://${join(directory, "state")}?metadata=skip`,
      PULUMI_OPTION_STACK: undefined,
      PULUMI_OPTION_CONFIG_FILE: undefined,
    },
    signal,
  });
  await pulumi.run("stack", "init", "empty");
  await pulumi.up();
  return pulumi;
}
