import { execFile } from "node:child_process";
import { hostname, userInfo } from "node:os";
import { promisify } from "node:util";

/** Who deploys, and from which commit of this repository; the commit is empty where there is none to be known. */
export interface Deployer {
  by: string;
  commit: string;
}

/** A job of GitHub's says both in its environment; elsewhere it is the user, and what is checked out. */
export async function findDeployer(): Promise<Deployer> {
  const { GITHUB_ACTOR: actor, GITHUB_SHA: sha } = process.env;
  return {
    by: actor ? `${actor} (GitHub)` : `${userInfo().username}@${hostname()}`,
    commit: sha ?? (await checkedOut()),
  };
}

async function checkedOut(): Promise<string> {
  try {
    const words = ["describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"];
    return (await promisify(execFile)("git", words)).stdout.trim();
  } catch {
    return "";
  }
}
