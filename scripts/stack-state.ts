import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { execa } from "execa";
import type { ConfiguredImages } from "../infra/release-description.ts";
import { type Deployment, opened } from "./deployment.ts";
import { Failure } from "./failure.ts";
import { forgetWork } from "./forget-work.ts";
import type { Toolchain } from "./toolchain/ensure-toolchain.ts";
import { root, stackEnvironment, stackFiles } from "./workspace.ts";

/** Who holds a lock of a state. */
export interface Owner {
  user: string;
  machine: string;
  pid: number;
  since: Date;
}

/** A stack's state, wherever its back-end keeps it. */
export class StackState {
  readonly #stack: string;
  readonly #environment: ReturnType<typeof stackEnvironment>;

  constructor(stack: string, toolchain: Toolchain) {
    this.#stack = stack;
    this.#environment = stackEnvironment(stack, toolchain);
  }

  /**
   * Clears the locks of deploys that are dead, and returns a line for each. Fails when an owner lives, or, unless
   * `force`, when it is on another machine, where nobody here can look.
   */
  async unlock(force: boolean): Promise<string[]> {
    const state = await this.#pulumi(["stack", "export"]);
    const attempt = await this.#run(["stack", "import"], state);
    if (!attempt.failed) return [];
    if (!/currently locked|update is currently in progress/.test(attempt.stderr)) {
      throw new Failure(lastLine(attempt.stderr));
    }
    const owners = lockOwners(attempt.stderr);
    const alive = owners.find((owner) => owner.machine === hostname() && isAlive(owner));
    if (alive) {
      throw new Failure(
        `a deploy of ${this.#stack} is at work on this machine (process ${alive.pid} of ${alive.user}): nothing was done; wait for its end`,
      );
    }
    const elsewhere = owners.filter((owner) => owner.machine !== hostname());
    if ((elsewhere.length > 0 || owners.length === 0) && !force) {
      const [where] = elsewhere.map(({ user, machine }) => `of ${user}@${machine}`);
      throw new Failure(
        `the state is locked by a deploy ${where ?? "that the back-end does not name"}, and nobody can see from here whether it lives; if it is dead type: npm run recover -- --force --stack ${this.#stack}`,
      );
    }
    await this.#pulumi(["cancel", "--yes"]);
    return owners.map(
      ({ user, machine, pid, since }) =>
        `the lock of process ${pid} of ${user}@${machine}, dead, from ${since.toISOString()} is cleared`,
    );
  }

  /** Locks of deploys that are dead, as far as anybody can see without taking one: on this machine. */
  deadLocks(): Owner[] {
    const [, directory = ""] =
      /^file:\/\/([^?]*)/.exec(this.#environment.PULUMI_BACKEND_URL ?? "") ?? [];
    if (!directory) return [];
    const locks = `.pulumi/locks/**/${this.#stack}/*.json`;
    return globSync(locks, { cwd: directory })
      .map((file) => JSON.parse(readFileSync(join(directory, file), "utf8")))
      .map(({ username: user, hostname: machine, pid, timestamp }) => ({
        ...{ user, machine, pid, since: new Date(timestamp) },
      }))
      .filter((owner) => owner.machine === hostname() && !isAlive(owner));
  }

  /** Forgets operations that were begun and not ended; returns how many. What they made is found by its labels. */
  async clearPending(): Promise<number> {
    const state = JSON.parse(await this.#pulumi(["stack", "export"]));
    const deployment: Deployment = state.deployment ?? {};
    const pending = deployment.pending_operations?.length ?? 0;
    if (pending === 0) return 0;
    deployment.pending_operations = [];
    await this.#pulumi(["stack", "import"], JSON.stringify(state));
    return pending;
  }

  /**
   * Makes `images` what the state has as those that run, where it has others; returns whether it had. A deploy that was
   * killed after its switch has not got to that.
   */
  async record(images: ConfiguredImages): Promise<boolean> {
    const state = JSON.parse(await this.#pulumi(["stack", "export"]));
    const { resources = [] }: Deployment = state.deployment ?? {};
    const program = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
    if (!program || isDeepStrictEqual(program.outputs?.images, images)) return false;
    program.outputs = { ...program.outputs, images };
    await this.#pulumi(["stack", "import"], JSON.stringify(state));
    return true;
  }

  /** All of it, its secrets opened. */
  async open(): Promise<Deployment> {
    const { deployment } = JSON.parse(await this.#pulumi(["stack", "export", "--show-secrets"]));
    return opened(deployment ?? {}) as Deployment;
  }

  /** Has the next deploy do resources again, by their names, as if they had changed. */
  async redo(names: Set<string>): Promise<void> {
    const state = JSON.parse(await this.#pulumi(["stack", "export"]));
    for (const resource of (state.deployment as Deployment).resources ?? [])
      if (names.has(resource.urn.split("::").at(-1) ?? "")) forgetWork(resource);
    await this.#pulumi(["stack", "import"], JSON.stringify(state));
  }

  /**
   * Forgets all that is on a host, which is lost: passwords and keys stay, and which images ran. Returns the file that
   * has the state as it was.
   */
  async forgetHost(): Promise<string> {
    const text = await this.#pulumi(["stack", "export"]);
    const { directory } = stackFiles(this.#stack);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const at = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
    const copy = join(directory, `state-before-rebuild-${at}.json`);
    writeFileSync(copy, text, { mode: 0o600 });
    const state = JSON.parse(text);
    const deployment: Deployment = state.deployment ?? {};
    deployment.resources = (deployment.resources ?? []).filter(({ type }) => isOfNoHost(type));
    deployment.pending_operations = [];
    await this.#pulumi(["stack", "import"], JSON.stringify(state));
    return copy;
  }

  /** Docker's ids of the containers that the state knows. */
  async containers(): Promise<Set<string>> {
    const { deployment } = JSON.parse(await this.#pulumi(["stack", "export"]));
    const resources = (deployment as Deployment).resources ?? [];
    const containers = resources.filter(({ type }) => type === "docker:index/container:Container");
    return new Set(containers.flatMap(({ id }) => id ?? []));
  }

  async #pulumi(words: string[], input?: string): Promise<string> {
    const result = await this.#run(words, input);
    if (result.failed) throw new Failure(lastLine(result.stderr));
    return result.stdout;
  }

  #run(words: string[], input = "") {
    return execa("pulumi", [...words, "--non-interactive", "--color", "never"], {
      ...{ cwd: root, env: this.#environment, input, reject: false },
    });
  }
}

function isOfNoHost(type: string): boolean {
  return type === "pulumi:pulumi:Stack" || /^(random:|pulumi:providers:random$)/.test(type);
}

/** Who holds the locks that the CLI complains of. */
export function lockOwners(complaint: string): Owner[] {
  return [...complaint.matchAll(/created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)/g)].map(
    ([, user = "", machine = "", pid, since = ""]) => ({
      ...{ user, machine, pid: Number(pid), since: new Date(since) },
    }),
  );
}

/** Another process may have the number by now: one that began after the lock was made. */
function isAlive({ pid, since }: Owner): boolean {
  const directory = `/proc/${pid}`;
  if (!existsSync(directory)) return false;
  const name = readFileSync(`${directory}/comm`, "utf8").trim();
  return name.startsWith("pulumi") && statSync(directory).ctimeMs <= since.getTime() + 1000;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
