import { createInterface } from "node:readline/promises";
import { Failure } from "../failure.ts";

/** Has the name of the stack typed: nobody does this by a slip of the hand. */
export async function requireName(
  stack: string,
  what: string,
  given: string | undefined,
): Promise<void> {
  console.log(what);
  const typed = given ?? (await ask(`Type the name of the stack to go on: `));
  if (typed === undefined) {
    throw new Failure(`nobody can be asked here; add: --confirm ${stack}`);
  }
  if (typed.trim() !== stack) {
    throw new Failure(`that is not ${stack}: nothing was changed`);
  }
}

async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}
