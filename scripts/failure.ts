/** A failure that was foreseen: its message is one line that says what is wrong and what to type. */
export class Failure extends Error {
  override name = "Failure";
}

/** Runs a script: a foreseen failure ends it with its one line and exit status 1, any other with its stack. */
export async function runScript(script: () => Promise<void>): Promise<void> {
  // Who pipes into `head` has seen enough.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  try {
    await script();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`slipway: ${error.message}\n`);
    process.exitCode = 1;
  }
}
