import { readFileSync } from "node:fs";
import { readCommandLine } from "../command-line.ts";
import { Failure, runScript } from "../failure.ts";
import { whyNotApprover } from "./approver.ts";
import { given, runningRepository } from "./github.ts";
import { readApproval, readAsked } from "./plan-comment.ts";
import { readRepository } from "./read-repository.ts";

interface Event {
  issue: { number: number };
  comment: { id: number; body: string; user: { login: string } };
}

/** Starts the deploy of the plan that a comment approves, or says below it why not. */
await runScript(async () => {
  readCommandLine({ usage: "take-approval", about: "Starts the deploy that a comment approves." });
  const { issue, comment }: Event = JSON.parse(readFileSync(given("GITHUB_EVENT_PATH"), "utf8"));
  const repository = runningRepository();
  const { octokit, place } = repository;
  const thread = { ...place, issue_number: issue.number };
  const refuse = async (why: string): Promise<never> => {
    await octokit.issues.createComment({ ...thread, body: `Nothing is deployed: ${why}.` });
    throw new Failure(why);
  };
  const approved = readApproval(comment.body);
  if (!approved) return refuse("an approval is `/deploy STACK HASH` and nothing else");
  const { stack, hash } = approved;
  const { data: opening } = await octokit.issues.get(thread);
  const comments = await octokit.paginate(octokit.issues.listComments, {
    ...thread,
    per_page: 100,
  });
  const asked = [opening, ...comments]
    .filter(({ user }) => user?.type === "Bot")
    .map(({ body }) => readAsked(body ?? ""))
    .findLast((each) => each?.stack === stack && each.hash === hash);
  if (!asked) return refuse(`nobody asked here for approval of plan ${hash} of ${stack}`);
  const { login } = comment.user;
  const { commit, ref, image } = asked;
  const why = await whyNotApprover(readRepository(), repository, { stack, commit, login });
  if (why) return refuse(why);
  await octokit.actions.createWorkflowDispatch({
    ...{ ...place, workflow_id: `deploy-${stack}.yml`, ref },
    inputs: { approval: String(comment.id), ...(image ? { image } : {}) },
  });
  console.log(`@${login} approved plan ${hash}: ${ref} goes to ${stack}.`);
});
