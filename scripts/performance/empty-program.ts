import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { root } from "../workspace.ts";
import { PulumiCommands } from "./pulumi-commands.ts";

const projects = {
  new: { runtime: { name: "nodejs", options: { packagemanager: "npm" } } },
  lean: { main: "index.ts", runtime: { name: "nodejs", options: { typescript: false } } },
};

/** As `pulumi new typescript` writes them. */
const compilerSettings = {
  compilerOptions: {
    ...{ strict: true, outDir: "bin", target: "es2020", module: "commonjs" },
    ...{ moduleResolution: "node", sourceMap: true, experimentalDecorators: true },
    ...{ pretty: true, noFallthroughCasesInSwitch: true, noImplicitReturns: true },
    forceConsistentCasingInFileNames: true,
  },
  files: ["index.ts"],
};

/**
 * `new`: what `pulumi new typescript` writes, with its content taken out. `lean`: the same with TypeScript left to Node,
 * as this repository's program has it.
 */
export type Loading = "new" | "lean";

/**
 * Makes and deploys a program that declares nothing, in a directory that does not exist yet. The same engine, Node and
 * SDK run it as the stack whose `environment` this is.
 */
export async function makeEmptyProgram(
  directory: string,
  loading: Loading,
  environment: Record<string, string | undefined>,
  signal: AbortSignal,
): Promise<PulumiCommands> {
  const files = {
    "Pulumi.yaml": stringify({ name: "empty", ...projects[loading] }),
    "package.json": JSON.stringify({
      ...{ name: "empty", private: true, main: "index.ts" },
      ...(loading === "lean" ? { type: "module" } : {}),
    }),
    "tsconfig.json": JSON.stringify(compilerSettings),
    "index.ts": 'import * as pulumi from "@pulumi/pulumi";\n',
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
