import { readCommandLine } from "./command-line.ts";
import { runScript } from "./failure.ts";
import { prepareToolchain } from "./prepare-toolchain.ts";
import { localStack, requireLocalStack, stackEnvironment } from "./workspace.ts";

/** The environment of `npm run pulumi` as exports, for `eval "$(npm run -s env)"`. */
await runScript(async () => {
  const { stack } = readCommandLine({
    usage: 'eval "$(npm run -s env -- [--stack STACK])"',
    about: "Makes a plain `pulumi` in this shell the same as `npm run pulumi --`.",
  });
  if (stack === localStack) requireLocalStack();
  const toolchain = await prepareToolchain(stack);
  for (const [key, value] of Object.entries(stackEnvironment(stack, toolchain))) {
    console.log(
      value === undefined ? `unset ${key}` : `export ${key}='${value.replaceAll("'", `'\\''`)}'`,
    );
  }
});
