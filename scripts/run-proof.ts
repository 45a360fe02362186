import { randomBytes } from "node:crypto";
import { runScript } from "./failure.ts";

// workspace.ts reads it when it is loaded: from here on the local stack is one of the proof's own.
process.env.SLIPWAY_LOCAL_STACK = `prove-${randomBytes(3).toString("hex")}`;
const { runProof } = await import("./prove/command.ts");

await runScript(runProof);
