import { text } from "node:stream/consumers";
import { readCommandLine } from "../command-line.ts";
import { Failure, runScript } from "../failure.ts";
import { runningRepository } from "./github.ts";

/** Says something below a pull request or an issue, in the one comment about it. */
await runScript(async () => {
  const usage = "post-comment --number NUMBER --about WORD < text";
  const { values } = readCommandLine({
    usage,
    about: "Writes the comment about a thing, or what is new over what it says.",
    options: {
      number: { type: "string", value: "NUMBER", about: "of the pull request or the issue" },
      about: { type: "string", value: "WORD", about: "what tells it from others" },
    },
  });
  const number = Number(values.number);
  if (!number || !values.about) throw new Failure(`a word is missing; type: ${usage}`);
  const { octokit, place } = runningRepository();
  const mark = `<!-- slipway:${values.about} -->`;
  const body = `${mark}\n${await text(process.stdin)}`;
  const comments = await octokit.paginate(octokit.issues.listComments, {
    ...{ ...place, issue_number: number, per_page: 100 },
  });
  const own = comments.find((each) => each.user?.type === "Bot" && each.body?.startsWith(mark));
  if (own) await octokit.issues.updateComment({ ...place, comment_id: own.id, body });
  else await octokit.issues.createComment({ ...place, issue_number: number, body });
});
