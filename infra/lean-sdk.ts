import * as pulumi from "@pulumi/pulumi";
import debuggable from "@pulumi/pulumi/runtime/debuggable.js";

// What the SDK does for every resource, and nobody reads, takes most of the time of this program.

// It takes a stack trace for each property, and maps it back to the TypeScript of each package on it. Node's own traces
// name this program's lines as they are, and the first few say where.
delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;
Error.stackTraceLimit = 5;

// It takes another to tell the engine where each resource was declared, which no command shows.
Object.assign(pulumi.Resource, { callsites: () => [] });

// It tells the engine each step in a message of its own, which the engine throws away unless it runs with --debug.
Object.assign(pulumi.log, { debug: () => Promise.resolve() });

// It takes one more for each promise, for who looks for one that never ends.
type MakePromise = (promise: Promise<unknown>, context: unknown) => Promise<unknown>;
const internals = debuggable as unknown as { debuggablePromise: MakePromise };
const { debuggablePromise } = internals;
if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) {
  internals.debuggablePromise = (promise, context) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
}
