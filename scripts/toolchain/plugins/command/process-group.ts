import type { ChildProcess } from "node:child_process";

/** How long processes have between the request to end and the end. */
const graceMilliseconds = 3000;

/** Ends a process that leads a group, with its whole group: first TERM, and KILL when the time is over. */
export function endGroup(leader: ChildProcess): void {
  signalGroup(leader, "SIGTERM");
  const timer = setTimeout(() => signalGroup(leader, "SIGKILL"), graceMilliseconds);
  leader.on("close", () => clearTimeout(timer));
}

function signalGroup(leader: ChildProcess, signal: NodeJS.Signals): void {
  if (leader.pid === undefined) return;
  try {
    process.kill(-leader.pid, signal);
  } catch {
    // The whole group has ended already.
  }
}
