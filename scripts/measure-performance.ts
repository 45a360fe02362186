import { randomBytes } from "node:crypto";
import { runScript } from "./failure.ts";

// workspace.ts reads it when it is loaded: from here on the local stack is one of the bench's own.
process.env.SLIPWAY_LOCAL_STACK = `bench-${randomBytes(3).toString("hex")}`;
const { measure } = await import("./performance/measure.ts");

await runScript(measure);
