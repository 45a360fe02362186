import { appendFileSync } from "node:fs";
import { readCommandLine } from "../command-line.ts";
import { Failure, runScript } from "../failure.ts";
import { whyNotApprover } from "./approver.ts";
import { given, runningRepository } from "./github.ts";
import { readApproval } from "./plan-comment.ts";
import { readRepository } from "./read-repository.ts";

/** Whoever may start a workflow can name any comment to it: what it says and who wrote it is looked at here. */
await runScript(async () => {
  const { stack, values } = readCommandLine({
    usage: "require-approval --stack STACK --approval COMMENT",
    about: "Fails unless a comment approves a plan of a stack; tells the step its hash.",
    options: { approval: { type: "string", value: "COMMENT", about: "its number" } },
  });
  const id = Number(values.approval);
  if (!Number.isInteger(id) || id < 1)
    throw new Failure(`'${values.approval}' is no comment's number`);
  const repository = runningRepository();
  const { octokit, place } = repository;
  const { data } = await octokit.issues.getComment({ ...place, comment_id: id });
  const approved = readApproval(data.body);
  const login = data.user?.login ?? "";
  if (approved?.stack !== stack) throw new Failure(`comment ${id} approves no deploy to ${stack}`);
  // Others who may write can change what somebody said.
  if (data.updated_at !== data.created_at)
    throw new Failure(
      `comment ${id} was changed after @${login} wrote it; it has to be written anew`,
    );
  const asked = { stack, commit: given("GITHUB_SHA"), login };
  const why = await whyNotApprover(readRepository(), repository, asked);
  if (why) throw new Failure(why);
  appendFileSync(given("GITHUB_OUTPUT"), `hash=${approved.hash}\n`);
  console.log(`@${login} approved plan ${approved.hash} of ${stack}.`);
});
