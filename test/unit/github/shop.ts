import type { Octokit } from "@octokit/rest";
import { clientOf } from "../../github/client.ts";
import { GitHubEmulator } from "../../github/emulator.ts";
import { push } from "../../github/rules/push.ts";
import type { Plan } from "../../github/world/actors.ts";
import type { Repository, Visibility } from "../../github/world/repository.ts";
import type { Ruleset } from "../../github/world/ruleset.ts";

export const shop = { owner: "acme", repo: "shop" };

/** A GitHub with one repository, and somebody of each role: `rita` reads, `walt` writes, `mia` maintains, `ada` is admin. */
export class Shop {
  readonly github: GitHubEmulator;
  readonly repository: Repository;

  private constructor(github: GitHubEmulator, repository: Repository) {
    this.github = github;
    this.repository = repository;
  }

  static async open(plan: Plan = "enterprise", visibility: Visibility = "private"): Promise<Shop> {
    const github = await GitHubEmulator.start();
    const { world } = github;
    for (const login of ["olga", "rita", "walt", "wilma", "mia", "ada", "sam"]) world.user(login);
    world.organization("acme", plan, ["olga"]);
    world.team("acme", "deployers", ["mia"]);
    const roles = {
      rita: "read",
      walt: "write",
      wilma: "write",
      mia: "maintain",
      ada: "admin",
    } as const;
    return new Shop(github, await world.repository("acme/shop", { visibility, roles }));
  }

  close(): Promise<void> {
    return this.github.stop();
  }

  as(login: string): Octokit {
    return clientOf(this.github, login);
  }

  /** The id of what a branch or a revision means. */
  async tip(revision = "main"): Promise<string> {
    return (await this.repository.git.resolve(revision)) ?? "";
  }

  /** Writes a commit on top of others. */
  commit(parents: string[], files: Record<string, string> = { [crypto.randomUUID()]: "x\n" }) {
    return this.repository.git.commit({ parents, files });
  }

  /** What stands against a push; empty when it went through. */
  async push(login: string, ref: string, after: string | undefined): Promise<string[]> {
    const { world } = this.github;
    return (await push(world, this.repository, world.find(login), ref, after)).reasons;
  }

  /** Makes a ruleset as an admin, and everything else of it is a default. */
  async protect(ruleset: Partial<Ruleset> & Pick<Ruleset, "rules">, include = ["~DEFAULT_BRANCH"]) {
    const given = {
      ...{ name: crypto.randomUUID(), target: "branch" as const, enforcement: "active" as const },
      ...{ conditions: { ref_name: { include, exclude: [] } } },
      ...ruleset,
    };
    const made = await this.as("ada").repos.createRepoRuleset({
      ...shop,
      ...(given as Parameters<Octokit["repos"]["createRepoRuleset"]>[0] & object),
    });
    return made.data.id;
  }

  /** Opens a pull request with one commit in the name of somebody. */
  async propose(login: string, branch = "feature", base = "main") {
    const sha = await this.commit([await this.tip(base)]);
    await this.push(login, `refs/heads/${branch}`, sha);
    const made = await this.as(login).pulls.create({
      ...shop,
      title: "A change",
      head: branch,
      base,
    });
    return { number: made.data.number, sha };
  }
}

/** The words of GitHub's refusal; empty when the request went through. */
export async function refusal(request: Promise<unknown>): Promise<string> {
  return request.then(
    () => "",
    (error: { status: number; message: string }) => `${error.status} ${error.message}`,
  );
}
