import * as pulumi from "@pulumi/pulumi";

// What the SDK does for every resource, and nobody reads, takes most of the time of this program.

// It takes a stack trace for each property, and maps it back to the TypeScript of each package on it. Node's own traces
// name this program's lines as they are, and the first few say where.
delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;
Error.stackTraceLimit = 5;

// It takes another to tell the engine where each resource was declared, which no command shows.
Object.assign(pulumi.Resource, { callsites: () => [] });

// It tells the engine each step in a message of its own, which the engine throws away unless it runs with --debug.
Object.assign(pulumi.log, { debug: () => Promise.resolve() });
