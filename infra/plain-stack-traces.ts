// For every resource and every property of it the SDK takes a stack trace, and maps it back to the TypeScript of each
// package on it: half of the time that this program takes, and Node's own traces name its lines as they are.
delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;

export {};
