import { Failure, runScript } from "./failure.ts";
import { prepareToolchain } from "./prepare-toolchain.ts";
import { localStack, requireLocalStack, root, stackEnvironment, takeStack } from "./workspace.ts";

/** Subcommands of `pulumi stack` that take a stack as a word, and refuse another by option beside it. */
const takeAWord = ["init", "select", "rm"];

await runScript(async () => {
  const { stack, rest } = takeStack(process.argv.slice(2));
  if (stack === localStack) requireLocalStack();
  const toolchain = await prepareToolchain();
  const engine = toolchain.parts.find(({ name }) => name === "pulumi")?.executable;
  if (!engine || !process.execve) throw new Failure("the toolchain has no Pulumi CLI");
  const environment: NodeJS.ProcessEnv = { ...process.env, ...stackEnvironment(stack, toolchain) };
  if (rest[0] === "stack" && takeAWord.includes(rest[1] ?? ""))
    delete environment.PULUMI_OPTION_STACK;
  process.chdir(root);
  // Signals, exit status and terminal are the CLI's own from here.
  process.execve(engine, ["pulumi", ...rest], environment);
});
