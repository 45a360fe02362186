import { addressedStack } from "./addressed-stack.ts";
import { Failure, runScript } from "./failure.ts";
import { prepareToolchain } from "./prepare-toolchain.ts";
import { localStack, requireLocalStack, root, stackEnvironment } from "./workspace.ts";

await runScript(async () => {
  const words = process.argv.slice(2);
  const { stack, rest, isNamed, asksForHelp } = addressedStack(words);
  if (stack === localStack && !asksForHelp) requireLocalStack();
  const toolchain = await prepareToolchain(stack);
  const engine = toolchain.parts.find(({ name }) => name === "pulumi")?.executable;
  if (!engine || !process.execve) throw new Failure("the toolchain has no Pulumi CLI");
  const environment = { ...process.env, ...stackEnvironment(stack, toolchain) };
  // The CLI refuses a stack by word and another by option beside it.
  if (isNamed) delete environment.PULUMI_OPTION_STACK;
  process.chdir(root);
  const set = Object.entries(environment).filter(([, value]) => value !== undefined);
  // Signals, exit status and terminal are the CLI's own from here.
  process.execve(engine, ["pulumi", ...rest], Object.fromEntries(set));
});
