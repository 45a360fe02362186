import { afterEach, beforeEach, expect, test } from "vitest";
import { refusal, Shop, shop } from "./shop.ts";

let at: Shop;
beforeEach(async () => {
  at = await Shop.open();
});
afterEach(async () => {
  await at.close();
  expect(at.github.server.complaints).toEqual([]);
});

test("an issue is opened, found by its label, commented, kept up to date and closed", async () => {
  const { issues, search } = at.as("walt");
  const { data: made } = await issues.create({
    ...shop,
    title: "Drift",
    body: "one",
    labels: ["drift"],
  });
  const found = await search.issuesAndPullRequests({
    q: 'repo:acme/shop is:issue is:open label:"drift" drift',
    advanced_search: "true",
  });
  expect(found.data.items.map((each) => each.number)).toEqual([made.number]);
  const labelled = await issues.listForRepo({ ...shop, labels: "drift" });
  expect(labelled.data).toHaveLength(1);
  const at2 = { ...shop, issue_number: made.number };
  const { data: comment } = await issues.createComment({ ...at2, body: "first" });
  await issues.updateComment({ ...shop, comment_id: comment.id, body: "second" });
  const comments = await issues.listComments(at2);
  expect(comments.data.map((each) => each.body)).toEqual(["second"]);
  await issues.update({ ...at2, body: "two", state: "closed" });
  const { data: closed } = await issues.get(at2);
  expect(closed).toMatchObject({ state: "closed", body: "two", state_reason: "completed" });
  expect((await issues.listForRepo({ ...shop, labels: "drift" })).data).toEqual([]);
});

test("a deployment has its statuses, the last first", async () => {
  const { repos } = at.as("walt");
  const wanted = { ref: "main", environment: "staging", auto_merge: false, required_contexts: [] };
  const { data } = await repos.createDeployment({ ...shop, ...wanted });
  const deployment_id = (data as { id: number }).id;
  for (const state of ["in_progress", "success"] as const)
    await repos.createDeploymentStatus({ ...shop, deployment_id, state });
  const statuses = await repos.listDeploymentStatuses({ ...shop, deployment_id });
  expect(statuses.data.map((each) => each.state)).toEqual(["success", "in_progress"]);
  const listed = await repos.listDeployments({ ...shop, environment: "staging" });
  expect(listed.data.map((each) => each.sha)).toEqual([await at.tip()]);
  expect((await repos.listDeployments({ ...shop, environment: "production" })).data).toEqual([]);
});

test("a deployment asks for every check of its commit, unless it names those that it asks for", async () => {
  const { repos, checks } = at.as("walt");
  await checks.create({ ...shop, head_sha: await at.tip(), name: "Deploy" });
  const deploy = (more: object) =>
    refusal(repos.createDeployment({ ...shop, ref: "main", auto_merge: false, ...more }));
  expect(await deploy({})).toMatch(/^409 Conflict: Commit status checks failed for [0-9a-f]{40}/);
  expect(await deploy({ required_contexts: ["checks"] })).toMatch(/^409/);
  expect(await deploy({ required_contexts: [] })).toBe("");
});

test("a release makes its tag, as far as rules allow", async () => {
  const { repos } = at.as("walt");
  await at.protect({ target: "tag", rules: [{ type: "creation" }] }, ["refs/tags/v*"]);
  const release = (tag_name: string) =>
    repos.createRelease({ ...shop, tag_name, generate_release_notes: true });
  expect(await refusal(release("v1.0.0"))).toMatch(/^422 .*\n+.*creations being restricted/);
  expect(await refusal(release("nightly"))).toBe("");
  expect(await refusal(release("nightly"))).toMatch(/^422/);
  const { data } = await repos.getReleaseByTag({ ...shop, tag: "nightly" });
  expect(data.body).toContain("* Begin");
  expect(await at.tip("refs/tags/nightly")).toBe(await at.tip());
});

test("statuses and check runs of a commit are told", async () => {
  const { repos, checks } = at.as("walt");
  const sha = await at.tip();
  await repos.createCommitStatus({ ...shop, sha, context: "a", state: "success" });
  const { data: run } = await checks.create({ ...shop, head_sha: sha, name: "b" });
  expect((await repos.getCombinedStatusForRef({ ...shop, ref: "main" })).data.state).toBe(
    "success",
  );
  await checks.update({ ...shop, check_run_id: run.id, conclusion: "failure" });
  const listed = await checks.listForRef({ ...shop, ref: sha });
  expect(listed.data.check_runs.map((each) => each.conclusion)).toEqual(["failure"]);
});

test("a workflow is started with its inputs", async () => {
  const start = { workflow_id: "rollback.yml", ref: "main", inputs: { release: "3f2a91c0" } };
  await at.as("walt").actions.createWorkflowDispatch({ ...shop, ...start });
  expect(at.repository.dispatches).toMatchObject([
    { workflow: "rollback.yml", ref: "main", inputs: { release: "3f2a91c0" } },
  ]);
  const missing = at
    .as("walt")
    .actions.createWorkflowDispatch({ ...shop, ...start, ref: "nowhere" });
  expect(await refusal(missing)).toMatch(/^422/);
});

test("files are read, and written as a push", async () => {
  const { repos } = at.as("walt");
  const path = "deploy/staging.yaml";
  const content = Buffer.from("image: one\n").toString("base64");
  await repos.createOrUpdateFileContents({ ...shop, path, message: "Write", content });
  const { data } = await repos.getContent({ ...shop, path });
  expect(data).toMatchObject({ type: "file", content });
  const stale = repos.createOrUpdateFileContents({ ...shop, path, message: "Write", content });
  expect(await refusal(stale)).toMatch(/^409/);
  const directory = await repos.getContent({ ...shop, path: "deploy" });
  expect(directory.data).toMatchObject([{ name: "staging.yaml", path }]);
});

test("refs and commits are told, and compared", async () => {
  const { git, repos } = at.as("walt");
  const main = await at.tip();
  const sha = await at.commit([main]);
  await git.createRef({ ...shop, ref: "refs/heads/next", sha });
  const compared = await repos.compareCommitsWithBasehead({ ...shop, basehead: "main...next" });
  expect(compared.data).toMatchObject({ status: "ahead", ahead_by: 1, behind_by: 0 });
  await git.updateRef({ ...shop, ref: "heads/main", sha });
  const back = git.updateRef({ ...shop, ref: "heads/main", sha: main });
  expect(await refusal(back)).toMatch(/^422 Update is not a fast forward/);
  await git.updateRef({ ...shop, ref: "heads/main", sha: main, force: true });
  await git.deleteRef({ ...shop, ref: "heads/next" });
  expect((await repos.listBranches(shop)).data.map((each) => each.name)).toEqual(["main"]);
  const { data } = await repos.getCommit({ ...shop, ref: "main" });
  expect(data.commit.message).toBe("Begin");
});
