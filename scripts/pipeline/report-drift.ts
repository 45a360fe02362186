import { text } from "node:stream/consumers";
import { readCommandLine } from "../command-line.ts";
import { Failure, runScript } from "../failure.ts";
import { runningRepository, runUrl } from "./github.ts";

/** What `npm run audit -- --json` prints, as far as it is told. */
interface Audit {
  at: string;
  drift: boolean;
  findings: Record<"kind" | "severity" | "what" | "expected" | "found" | "type", string>[];
}

const label = "drift";

/** Keeps the one issue of what an audit found: opened, brought up to date, and closed when nothing is left. */
await runScript(async () => {
  const { stack } = readCommandLine({
    usage: "report-drift --stack STACK < audit.json",
    about: "Tells in an issue what differs from what was deployed.",
  });
  const audit = parse(await text(process.stdin));
  const { octokit, place } = runningRepository();
  const title = `Drift of ${stack}`;
  const open = await octokit.paginate(octokit.issues.listForRepo, {
    ...{ ...place, state: "open", labels: label, per_page: 100 },
  });
  const own = open.find((each) => each.title === title && each.user?.type === "Bot");
  const body = describe(audit, stack);
  if (audit.drift && !own) {
    const { data } = await octokit.issues.create({ ...place, title, body, labels: [label] });
    return console.log(`Drift: issue ${data.number} is opened.`);
  }
  if (!own) return console.log("No drift.");
  const issue = { ...place, issue_number: own.number };
  if (audit.drift) {
    await octokit.issues.update({ ...issue, body });
    return console.log(`Drift: issue ${own.number} says what is left of it.`);
  }
  await octokit.issues.createComment({ ...issue, body: "Nothing differs any more." });
  await octokit.issues.update({ ...issue, state: "closed" });
  console.log(`No drift: issue ${own.number} is closed.`);
});

function parse(json: string): Audit {
  try {
    return JSON.parse(json);
  } catch {
    throw new Failure("the audit printed no JSON: it could not look, and its step says why");
  }
}

function describe({ at, findings }: Audit, stack: string): string {
  const rows = findings.map(({ kind, severity, what, expected, found, type }) => {
    const cells = [severity === "drift" ? kind : `${kind} (${severity})`, what, expected, found];
    return `| ${[...cells, type && `\`${type}\``].map(cell).join(" | ")} |`;
  });
  return [
    `What differs from what was deployed to ${stack}, as of ${at} ([run](${runUrl()})):`,
    "",
    "| kind | what | should be | is | type |",
    "|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function cell(words: string): string {
  return words.replaceAll("|", "\\|").replaceAll("\n", " ");
}
