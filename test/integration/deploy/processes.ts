import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Processes of this machine that have a file or directory open, such as a host script and what it holds locked. */
export function holdersOf(path: string): number[] {
  return processes().filter((pid) => {
    try {
      const directory = `/proc/${pid}/fd`;
      return readdirSync(directory).some((fd) => readlinkSync(`${directory}/${fd}`) === path);
    } catch {
      return false;
    }
  });
}

/** A process and all that it has started, but for what has begun a session of its own. */
export function familyOf(pid: number): number[] {
  const all = processes().map((each) => ({ each, ...numbersOf(each) }));
  const { session: own } = numbersOf(pid);
  const family = [pid];
  for (const member of family) {
    for (const { each, parent, session } of all)
      if (parent === member && session === own) family.push(each);
  }
  return family;
}

/** Sends a signal to those that are still there. */
export function signal(pids: number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It was quicker.
    }
  }
}

function processes(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Whether a process began a session of its own. */
export function leadsSession(pid: number): boolean {
  return numbersOf(pid).session === pid;
}

/** Both 0 of one that has ended. */
function numbersOf(pid: number): { parent: number; session: number } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [, parent, , session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { parent: Number(parent), session: Number(session) };
  } catch {
    return { parent: 0, session: 0 };
  }
}
