import { runScript } from "./failure.ts";
import { prepareToolchain } from "./prepare-toolchain.ts";
import { localStack, readArguments, requireLocalStack, stackEnvironment } from "./workspace.ts";

/** The environment of `npm run pulumi` as exports, for `eval "$(npm run -s env)"`. */
await runScript(async () => {
  const { stack } = readArguments('eval "$(npm run -s env -- [--stack STACK])"');
  if (stack === localStack) requireLocalStack();
  const toolchain = await prepareToolchain();
  for (const [key, value] of Object.entries(stackEnvironment(stack, toolchain))) {
    console.log(`export ${key}='${value.replaceAll("'", `'\\''`)}'`);
  }
});
