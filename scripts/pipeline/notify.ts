import { readCommandLine } from "../command-line.ts";
import { runScript } from "../failure.ts";
import { given, runUrl } from "./github.ts";

/** How long a webhook may take, in milliseconds. */
const patience = 10_000;

/** Tells a webhook of Slack or of Discord how a job ended. That it cannot be told fails nothing. */
await runScript(async () => {
  const { values } = readCommandLine({
    usage: "notify --about TEXT --result success|failure|cancelled",
    about: "Tells the webhook of WEBHOOK_URL how a job ended.",
    options: {
      about: { type: "string", value: "TEXT", about: "what the job was for" },
      result: { type: "string", value: "RESULT", about: "how it ended" },
    },
  });
  const url = new URL(given("WEBHOOK_URL"));
  const text = `${values.about}: ${values.result}, ${given("GITHUB_REF_NAME")} by ${given("GITHUB_ACTOR")}. ${runUrl()}`;
  const message = isDiscords(url) ? { content: text } : { text };
  const problem = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(message),
    signal: AbortSignal.timeout(patience),
  }).then(
    ({ ok, status }) => (ok ? "" : `it answered ${status}`),
    (error: Error) => error.message,
  );
  if (problem) console.log(`::warning::The webhook was not told: ${problem}`);
});

/** Discord takes messages of Slack's shape as well, at an address of its own. */
function isDiscords({ hostname, pathname }: URL): boolean {
  return /(^|\.)discord(app)?\.com$/.test(hostname) && !/\/slack\/?$/.test(pathname);
}
