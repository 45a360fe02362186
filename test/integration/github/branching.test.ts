import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientOf } from "../../github/client.ts";
import { judgeDeployment } from "../../github/rules/deployment.ts";
import { refusal, shop } from "../../unit/github/shop.ts";
import { RepositoryStack } from "./repository-stack.ts";

type Login = "rita" | "walt" | "wilma" | "mia" | "ada";

/** Somebody, what they do to a ref, and what GitHub says to it; nothing when it lets them. */
type Attempt = [who: Login, what: (on: Branching) => Promise<string>, said: RegExp];

const letThrough = /^$/;
const byPullRequest = /must be made through a pull request/;
const unchecked = /Required status check "checks" is expected/;
const forced = /Cannot force-push/;
const undeletable = /Cannot delete/;

let of: Branching;

/** What people try on a repository with the rules of a model, declared by the real plugin. */
class Branching {
  readonly stack: RepositoryStack;
  who: Login = "walt";

  constructor(stack: RepositoryStack) {
    this.stack = stack;
  }

  get at() {
    return this.stack.at;
  }

  /** Starts a branch where `from` is, past every rule. */
  async begin(ref: string, from = "main"): Promise<void> {
    await this.at.repository.git.setRef(ref, await this.at.tip(from));
  }

  async check(sha: string): Promise<void> {
    const { checks } = clientOf(this.at.github, "github-actions[bot]");
    const passed = { status: "completed", conclusion: "success" } as const;
    await checks.create({ ...shop, name: "checks", head_sha: sha, ...passed });
  }

  async pushTo(ref: string, { checked = true, force = false } = {}): Promise<string> {
    const tip = await this.at.tip(ref);
    const sha = await this.at.commit(force || !tip ? [] : [tip]);
    if (checked) await this.check(sha);
    return (await this.at.push(this.who, ref, sha)).join("\n");
  }

  async remove(ref: string): Promise<string> {
    return (await this.at.push(this.who, ref, undefined)).join("\n");
  }

  /** A pull request of `walt`, merged by who it is that tries. */
  async merge(
    base: string,
    {
      method = "squash" as "merge" | "squash" | "rebase",
      approved = true,
      checked = true,
      stale = false,
      open = false,
      behind = false,
    } = {},
  ): Promise<string> {
    const { at } = this;
    const branch = `feature-${crypto.randomUUID()}`;
    const proposed = await at.propose("walt", branch, base);
    const pull = { ...shop, pull_number: proposed.number };
    if (approved)
      await at.as("wilma").pulls.createReview({ ...pull, event: "APPROVE", body: "Good" });
    let { sha } = proposed;
    if (stale) {
      sha = await at.commit([sha]);
      await at.push("walt", `refs/heads/${branch}`, sha);
    }
    if (checked) await this.check(sha);
    if (open) {
      const line = { path: "README.md", line: 1, commit_id: sha, body: "Why?" };
      await at.as("mia").pulls.createReviewComment({ ...pull, ...line });
    }
    if (behind) {
      const tip = await at.tip(base);
      await at.repository.git.setRef(`refs/heads/${base}`, await at.commit([tip]));
    }
    return refusal(at.as(this.who).pulls.merge({ ...pull, merge_method: method }));
  }

  /** Whether a run of a ref may use an environment. */
  mayUse(ref: string, name: string): boolean {
    const environment = at(this.at.repository.environments, name);
    return judgeDeployment(environment, ref).allowed;
  }
}

function at<Value>(map: Map<string, Value>, key: string): Value {
  const value = map.get(key);
  if (!value) throw new Error(`there is no ${key}, but ${[...map.keys()]}`);
  return value;
}

const push =
  (ref: string, how = {}) =>
  (on: Branching) =>
    on.pushTo(ref, how);
const remove = (ref: string) => (on: Branching) => on.remove(ref);
const merge =
  (base: string, how = {}) =>
  (on: Branching) =>
    on.merge(base, how);

const main = "refs/heads/main";

/** What holds for main in each model. */
const protectedMain: Attempt[] = [
  ["rita", push(main), /Permission/],
  ["walt", push(main), byPullRequest],
  ["ada", push(main), byPullRequest],
  ["ada", push(main, { force: true }), forced],
  ["ada", remove(main), /delete/],
  ["walt", merge("main", { approved: false }), /At least 1 approving review/],
  ["ada", merge("main", { approved: false }), /At least 1 approving review/],
  ["walt", merge("main", { stale: true }), /At least 1 approving review/],
  ["walt", merge("main", { checked: false }), unchecked],
  ["walt", merge("main", { open: true }), /conversation must be resolved/],
  ["walt", merge("main", { behind: true }), /out-of-date/],
];

const line: Attempt[] = [
  ["walt", merge("main", { method: "merge" }), /merge commits|not allowed/],
  ["walt", merge("main", { method: "squash" }), letThrough],
  ["walt", merge("main", { method: "rebase" }), letThrough],
];

const staging = "refs/heads/staging";
const develop = "refs/heads/develop";
const release = "refs/heads/release/1.4";
const hotfix = "refs/heads/hotfix/1.4.1";
const version = "refs/tags/v1.4.0";

const models: [string, object, string[], Attempt[]][] = [
  [
    "promotion",
    {},
    [staging],
    [
      ...protectedMain,
      ...line,
      ["walt", push(staging), letThrough],
      ["walt", push(staging, { checked: false }), unchecked],
      ["walt", push(staging, { force: true }), forced],
      ["ada", remove(staging), undeletable],
      ["rita", push(staging), /Permission/],
    ],
  ],
  [
    "promotion",
    { stagingPushes: "pull-request" },
    [staging],
    [
      ["ada", push(staging), byPullRequest],
      ["walt", merge("staging", { approved: false, method: "merge" }), letThrough],
      ["walt", merge("staging", { checked: false }), unchecked],
    ],
  ],
  [
    "gitflow",
    {},
    [develop, release, hotfix],
    [
      ...protectedMain,
      ["walt", merge("main", { method: "squash" }), /not allowed/],
      ["walt", merge("main", { method: "merge" }), letThrough],
      ["ada", push(develop), byPullRequest],
      ["walt", merge("develop", { approved: false }), /At least 1 approving review/],
      ["walt", merge("develop"), letThrough],
      ["ada", remove(develop), undeletable],
      ["walt", push(release), letThrough],
      ["walt", push(release, { checked: false }), unchecked],
      ["walt", push(release, { force: true }), forced],
      ["walt", push("refs/heads/release/1.5", { checked: false }), letThrough],
      ["walt", push(hotfix, { checked: false }), unchecked],
      ["walt", remove(release), letThrough],
    ],
  ],
  [
    "trunk",
    {},
    [version, hotfix],
    [
      ...protectedMain,
      ...line,
      ["walt", push("refs/tags/v2.0.0"), /creations being restricted/],
      ["mia", push("refs/tags/v2.0.0"), letThrough],
      ["ada", push("refs/tags/v2.0.1"), letThrough],
      ["walt", push("refs/tags/try"), letThrough],
      ["mia", push(version), /Cannot update|Cannot force-push/],
      ["ada", push(version, { force: true }), /Cannot update|Cannot force-push/],
      ["ada", remove(version), undeletable],
      ["walt", push(hotfix), letThrough],
      ["walt", push(hotfix, { checked: false }), unchecked],
    ],
  ],
];

/** Which runs may use which environment. */
const runs: Record<string, [ref: string, ...environments: string[]][]> = {
  promotion: [
    [main, "production", "production-plan", "staging-plan", "preview"],
    [staging, "staging", "staging-plan", "preview"],
    ["refs/heads/feature", "preview"],
    ["refs/pull/7/merge", "preview"],
  ],
  gitflow: [
    [main, "development-plan", "production", "production-plan", "staging-plan", "preview"],
    [develop, "development", "development-plan", "preview"],
    [release, "staging", "staging-plan", "preview"],
    [hotfix, "staging", "staging-plan", "preview"],
    ["refs/pull/7/merge", "preview"],
  ],
  trunk: [
    [main, "production-plan", "staging", "preview"],
    [version, "production", "production-plan", "preview"],
    [hotfix, "staging", "preview"],
    ["refs/tags/try", "preview"],
    ["refs/heads/v1.4.0", "preview"],
    ["refs/pull/7/merge", "preview"],
  ],
};

describe.each(models)("%s %j", (branching, settings, refs, attempts) => {
  beforeAll(async () => {
    of = new Branching(await RepositoryStack.open());
    for (const ref of refs) await of.begin(ref);
    const environments = { production: { reviewers: { users: ["mia"] } } };
    of.stack.configure({ branching, environments, ...settings });
    await of.stack.up();
  });
  afterAll(async () => {
    expect(of.at.github.server.complaints).toEqual([]);
    await of.stack.close();
  });

  it.each(attempts.map((each, index) => [index + 1, ...each] as const))(
    "row %i: %s",
    async (_, who, what, said) => {
      of.who = who;
      expect(await what(of)).toMatch(said);
    },
  );

  it("lets each ref use its environments, and no other", () => {
    const names = [...of.at.repository.environments.keys()].sort();
    for (const [ref, ...environments] of runs[branching] ?? []) {
      expect([ref, ...names.filter((name) => of.mayUse(ref, name))]).toEqual([
        ...[ref, ...environments.sort()],
      ]);
    }
  });
});
