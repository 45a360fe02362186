import { readCommandLine } from "../command-line.ts";
import { Failure, runScript } from "../failure.ts";
import { runningRepository, runUrl } from "./github.ts";

/** What the status of a job makes of its deployment. */
const states = {
  success: "success",
  failure: "failure",
  // Nobody saw how far it came.
  cancelled: "error",
} as const;

/** Tells GitHub how a deployment ended, and where it is. That it cannot be told fails nothing. */
await runScript(async () => {
  const usage = "end-deployment --deployment NUMBER --result success|failure|cancelled";
  const { values } = readCommandLine({
    usage,
    about: "Ends a deployment, as GitHub does by itself for an environment.",
    options: {
      deployment: { type: "string", value: "NUMBER", about: "its number" },
      result: { type: "string", value: "RESULT", about: "how the job ended" },
      url: { type: "string", value: "URL", about: "where it serves (without it: nowhere)" },
    },
  });
  const state = states[values.result as keyof typeof states];
  const deployment_id = Number(values.deployment);
  if (!state || !deployment_id) throw new Failure(`a word is missing; type: ${usage}`);
  const { octokit, place } = runningRepository();
  const url = values.url ? { environment_url: String(values.url) } : {};
  await octokit.repos
    .createDeploymentStatus({ ...place, deployment_id, state, log_url: runUrl(), ...url })
    .catch(({ message }: Error) => {
      console.log(`::warning::GitHub was not told how the deploy ended: ${message}`);
    });
});
