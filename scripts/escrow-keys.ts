import { writeFileSync } from "node:fs";
import { repositoryFingerprint } from "../components/repository-fingerprint.ts";
import { findDeployer } from "../infra/deployer.ts";
import { type Command, readCommandLine } from "./command-line.ts";
import { readConfiguration, readEnvironment, runOnHost } from "./environment.ts";
import { escrowFile, scriptName } from "./escrow/escrow-file.ts";
import { repositoryAccess } from "./escrow/repository-access.ts";
import { runScript } from "./failure.ts";
import { prepareToolchain } from "./prepare-toolchain.ts";
import { placeFor } from "./private-file.ts";
import { StackState } from "./stack-state.ts";

const command: Command = {
  usage: "npm run escrow -- [--out FILE] [--stack STACK]",
  about:
    "Writes what reads a stack's backups, keys and credentials, into a file to keep outside of the server.",
  options: {
    out: {
      ...{ type: "string", value: "FILE" },
      about: "where to write it (without it: into the home directory)",
    },
  },
};

await runScript(async () => {
  const { stack, values } = readCommandLine(command);
  const environment = readEnvironment(stack);
  const file = await placeFor(scriptName(stack), values.out as string | undefined, "--out");
  const state = new StackState(stack, await prepareToolchain());
  const access = repositoryAccess(await state.open(), stack);
  const mark = repositoryFingerprint(access.files);
  const text = escrowFile({
    ...access,
    ...{ stack, at: new Date(), fingerprint: mark },
    postgresImage: readConfiguration(stack)["slipway:images"]?.postgres ?? "postgres",
  });
  writeFileSync(file, text, { mode: 0o600, flag: "wx", flush: true });
  console.log(`${file} opens the backups of ${stack}: it says how.`);
  console.log(
    "Move it to where neither the server nor its repository is, such as a password manager, and delete it here.",
  );
  if (!access.isOffsite) {
    console.log(
      `Without slipway:backups.offsite the only repository is on the server itself: with its disk all of it is lost.`,
    );
  }
  await runOnHost(environment, "note-escrow", "apply", {
    ...{ STACK: stack, FINGERPRINT: mark, BY: (await findDeployer()).by },
  });
});
