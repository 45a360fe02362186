import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { featuresOf } from "../../infra/github/plan-limits.ts";
import { environmentsOf } from "../../infra/github/planned-environments.ts";
import { type RepositorySettings, repository } from "../../infra/schema/repository.ts";
import type { Job } from "../../scripts/workflows/workflow.ts";
import { workflowFiles } from "../../scripts/workflows/workflows.ts";
import { admissionOf, type Ended, entranceOf } from "../github/actions/admission.ts";
import { contextsOf } from "../github/actions/contexts.ts";
import { type Events, isStartedBy, type Trigger } from "../github/actions/trigger.ts";
import { SealedBox } from "../github/sealed-box.ts";
import type { Environment } from "../github/world/environment.ts";
import { World } from "../github/world/world.ts";

const world = new World(await SealedBox.make());
const reviewer = { type: "User" as const, reviewer: world.user("mia") };

const settingsOf = (branching: string, plan: string) =>
  repository.parse({
    ...{ owner: "acme", name: "shop", plan, branching },
    environments: { production: { reviewers: { users: ["mia"] } } },
  });

/** An environment as the stack `github` makes it of the settings. */
function environmentNamed(settings: RepositorySettings, wanted: string): Environment {
  const { name, refs, reviewers } =
    environmentsOf(settings).find((each) => each.name === wanted) ?? {};
  if (!name) throw new Error(`no environment is called ${wanted}`);
  const policies = [
    ...(refs?.branches ?? []).map((pattern) => ({ type: "branch" as const, name: pattern })),
    ...(refs?.tags ?? []).map((pattern) => ({ type: "tag" as const, name: pattern })),
  ].map((policy, id) => [id, { id, ...policy }] as const);
  return {
    ...{ id: 1, name, waitMinutes: 0, preventSelfReview: false, canAdminsBypass: false },
    reviewers: reviewers?.users.length && featuresOf(settings).reviewers ? [reviewer] : [],
    branchPolicy: refs ? { protected_branches: false, custom_branch_policies: true } : null,
    ...{ policies: new Map(policies), secrets: new Map(), variables: new Map() },
    ...{ createdAt: "", updatedAt: "" },
  };
}

/** The jobs of a workflow that are not left out, each that runs taken for one that is well; whether checks run is told by itself. */
function jobsOf(settings: RepositorySettings, text: string, trigger: Trigger): string[] {
  const { on, jobs } = parse(text) as { on: Events; jobs: Record<string, Job> };
  if (!isStartedBy(on, trigger)) return [];
  const contexts = contextsOf(trigger, { fullName: "acme/shop", commit: "0".repeat(40), id: 1 });
  const ended: Record<string, Ended> = {};
  return Object.entries(jobs).flatMap(([name, { environment }]) => {
    let admission = admissionOf(name, jobs, ended, contexts);
    if (admission === "runs" && environment) {
      const declared = environmentNamed(settings, environment.name);
      admission = entranceOf(declared, trigger, { approvals: [] });
    }
    ended[name] = { result: admission === "runs" ? "success" : admission, outputs: {} };
    const words = { runs: name, waiting: `${name} waits`, failure: `${name} is refused` };
    return admission === "skipped" ? [] : [words[admission]];
  });
}

function started(branching: string, plan: string, trigger: Partial<Trigger>) {
  const settings = settingsOf(branching, plan);
  const complete = { event: "push" as const, ref: "refs/heads/main", actor: "walt", ...trigger };
  return Object.fromEntries(
    [...workflowFiles(settings)].flatMap(([file, text]) => {
      const jobs = jobsOf(settings, text, complete);
      return jobs.length > 0 ? [[file.replace(".yml", ""), jobs.join(", ")]] : [];
    }),
  );
}

const checks = { checks: "lint, types, tests, checks" };
const deploys = "image, deploy";
const waits = "image, plan, deploy waits";

describe("a push to a branch starts checks and", () => {
  test.each([
    ["promotion", "feature", {}],
    ["promotion", "staging", { "deploy-staging": deploys }],
    ["promotion", "main", { "deploy-production": waits }],
    ["promotion", "staging/2", {}],
    ["gitflow", "feature", {}],
    ["gitflow", "develop", { "deploy-development": deploys }],
    ["gitflow", "release/1.4", { "deploy-staging": deploys }],
    ["gitflow", "hotfix/1.4.1", { "deploy-staging": deploys }],
    ["gitflow", "release", {}],
    ["gitflow", "release/1.4/more", {}],
    ["gitflow", "main", { "deploy-production": waits }],
    ["trunk", "feature", {}],
    ["trunk", "main", { "deploy-staging": deploys }],
    ["trunk", "hotfix/1.4.1", { "deploy-staging": deploys }],
    ["trunk", "v1.2.3", {}],
  ])("in %s to %s: %j", (branching, name, expected) => {
    const own = started(branching, "enterprise", { ref: `refs/heads/${name}` });
    expect(own).toEqual({ ...checks, ...expected });
  });
});

describe("a push of a tag starts", () => {
  const release = { "deploy-production": `${waits}, release waits` };
  test.each([
    ["promotion", "v1.2.3", {}],
    ["gitflow", "v1.2.3", {}],
    ["trunk", "v1.2.3", release],
    ["trunk", "v1.2.3-rc.1", release],
    ["trunk", "v1.2", {}],
    ["trunk", "1.2.3", {}],
    ["trunk", "v1.2.3/more", {}],
  ])("in %s of %s: %j", (branching, name, expected) => {
    expect(started(branching, "enterprise", { ref: `refs/tags/${name}` })).toEqual(expected);
  });
});

describe("where a comment approves", () => {
  const approval = { approval: "7" };
  test.each([
    ["promotion", "refs/heads/main", "image, plan", deploys],
    ["gitflow", "refs/heads/main", "image, plan", deploys],
    // The plan that is left out leaves out no release.
    ["trunk", "refs/tags/v1.2.3", "image, plan", `${deploys}, release`],
  ])("%s asks for it, and deploys what was approved", (branching, ref, asks, approved) => {
    expect(started(branching, "team", { ref })["deploy-production"]).toBe(asks);
    const dispatch = { event: "workflow_dispatch" as const, ref, inputs: approval };
    expect(started(branching, "team", dispatch)["deploy-production"]).toBe(approved);
  });

  test.each([
    ["/deploy production 0123456789abcdef", { approval: "approval" }],
    ["I would /deploy this", {}],
  ])("of '%s'", (body, expected) => {
    const payload = { issue: { number: 1 }, comment: { body } };
    expect(started("trunk", "team", { event: "issue_comment", payload })).toEqual(expected);
    expect(started("trunk", "enterprise", { event: "issue_comment", payload })).toEqual({});
  });
});

describe("by hand", () => {
  const byHand = (branching: string, ref: string) =>
    started(branching, "enterprise", { event: "workflow_dispatch", ref });

  test.each([
    ["promotion", "refs/heads/feature"],
    ["gitflow", "refs/heads/develop"],
    ["trunk", "refs/tags/v1.2"],
  ])("%s lets %s nowhere near production", (branching, ref) => {
    const all = byHand(branching, ref);
    expect(all["deploy-production"]).toBe("image, plan is refused");
    expect(all["rollback-production"]).toBe("rollback is refused");
    expect(all).not.toHaveProperty("drift");
  });

  test.each([
    ["promotion", "refs/heads/main", waits],
    ["gitflow", "refs/heads/main", waits],
    ["trunk", "refs/tags/v1.2.3", `${waits}, release waits`],
  ])("%s has a deploy and a rollback of %s wait for reviewers", (branching, ref, expected) => {
    const all = byHand(branching, ref);
    expect(all["deploy-production"]).toBe(expected);
    expect(all["rollback-production"]).toBe("rollback waits");
  });
});

test.each([
  ["promotion", "staging, production"],
  ["gitflow", "development, staging, production"],
  ["trunk", "staging, production"],
])("every night %s looks at %s", (branching, jobs) => {
  for (const plan of ["enterprise", "team"]) {
    expect(started(branching, plan, { event: "schedule" })).toEqual({ drift: jobs });
  }
});

test.each([
  ["promotion", "staging", { preview: "preview" }],
  ["promotion", "feature", {}],
  ["gitflow", "develop", { preview: "preview" }],
  ["gitflow", "release/1.4", { preview: "preview" }],
  ["trunk", "main", { preview: "preview" }],
  ["trunk", "develop", {}],
])("a pull request in %s to %s", (branching, base, previews) => {
  const request = (full_name: string) => ({ base: { ref: base }, head: { repo: { full_name } } });
  const open = (full_name: string) =>
    started(branching, "team", {
      ...{ event: "pull_request", ref: "refs/pull/7/merge" },
      payload: { pull_request: request(full_name) },
    });
  expect(open("acme/shop")).toEqual({ ...checks, ...previews });
  expect(open("mallory/shop")).toEqual(checks);
});
