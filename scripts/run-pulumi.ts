import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure, runScript } from "./failure.ts";
import { prepareToolchain } from "./prepare-toolchain.ts";
import { localStack, requireLocalStack, root, stackEnvironment, takeStack } from "./workspace.ts";

await runScript(async () => {
  const { stack, rest } = takeStack(process.argv.slice(2));
  if (stack === localStack) requireLocalStack();
  const toolchain = await prepareToolchain();
  const directory = toolchain.path.find((each) => existsSync(join(each, "pulumi")));
  if (!directory)
    throw new Failure("the toolchain has no pulumi; remove its folder in the cache and try again");
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    ...stackEnvironment(stack, toolchain.path),
  };
  // `pulumi stack init NAME` and its like refuse a stack by option beside the one by word.
  if (rest[0] === "stack" && rest.length > 2) delete environment.PULUMI_OPTION_STACK;
  process.chdir(root);
  // Signals, exit status and terminal are the CLI's own from here.
  process.execve?.(join(directory, "pulumi"), ["pulumi", ...rest], environment);
});
