import { readCommandLine, requireStackName } from "./command-line.ts";
import { Failure, runScript } from "./failure.ts";
import { NewStack } from "./new-stack.ts";
import { prepareToolchain } from "./prepare-toolchain.ts";
import { localStack } from "./workspace.ts";

const usage = "npm run init-stack -- NAME";

await runScript(async () => {
  const { words } = readCommandLine({
    usage,
    about:
      "Makes what a new stack needs: passphrase, file, state and keys. What is there stays as it is.",
    words: 1,
    elsewhere: (stack) => `npm run init-stack -- ${stack}`,
  });
  const [name] = words;
  if (name === undefined) throw new Failure(`the name is missing; type: ${usage}`);
  requireStackName(name);
  if (name === localStack) {
    throw new Failure("the local stack is made by another command; type: npm run quickstart");
  }
  const stack = new NewStack(name, await prepareToolchain());
  for (const part of ["passphrase", "configuration", "state", "releaseKey", "keyPair"] as const) {
    const { what, isNew } = await stack[part]();
    console.log(`${isNew ? "made " : "there"}  ${what}`);
  }
  console.log(`
The public key of ${name}, which its host has to let in:

${await stack.publicKey()}

prepare-host puts it there, with all else that a bare server needs:

npm run prepare-host -- --stack ${name} root@ADDRESS

Then put names, images and settings into ${stack.file}, commit it, and deploy:

npm run pulumi -- up --stack ${name}`);
});
