import { text } from "node:stream/consumers";
import { approversOf } from "../../infra/github/plan-limits.ts";
import { readCommandLine } from "../command-line.ts";
import { runScript } from "../failure.ts";
import { hashIn } from "../plan/describe-plan.ts";
import { given, runningRepository } from "./github.ts";
import { askForApproval } from "./plan-comment.ts";
import { readRepository } from "./read-repository.ts";
import { requireTarget } from "./require-target.ts";

/** Puts a plan where it can be approved: below the pull request that brought its commit, else into an issue. */
await runScript(async () => {
  const { stack } = readCommandLine({
    usage: "ask-approval --stack STACK < plan",
    about: "Asks those who may for the approval of a plan.",
  });
  const settings = readRepository();
  const target = requireTarget(settings, stack);
  const plan = await text(process.stdin);
  const hash = hashIn(plan);
  if (!hash) return console.log("Nothing would change: there is nothing to approve.");
  const { octokit, place } = runningRepository();
  const [ref, commit] = [given("GITHUB_REF_NAME"), given("GITHUB_SHA")];
  const image = process.env.IMAGE || undefined;
  const approvers = approversOf(settings, target).map((login) => `@${login}`);
  const body = askForApproval({ stack, hash, ref, commit, image }, plan, approvers);
  const { data: requests } = await octokit.repos.listPullRequestsAssociatedWithCommit({
    ...{ ...place, commit_sha: commit },
  });
  const merged = requests.find(({ merged_at }) => merged_at);
  if (merged) {
    await octokit.issues.createComment({ ...place, issue_number: merged.number, body });
    return console.log(`Asked for approval in pull request ${merged.number}.`);
  }
  const title = `Deploy ${ref} to ${stack}`;
  const { data: issue } = await octokit.issues.create({ ...place, title, body });
  console.log(`Asked for approval in issue ${issue.number}.`);
});
