import { appendFileSync } from "node:fs";
import { readCommandLine } from "../command-line.ts";
import { runScript } from "../failure.ts";
import { given, runningRepository, runUrl } from "./github.ts";

/** Tells GitHub that a deploy begins, and the step the number of its deployment. That it cannot be told fails nothing. */
await runScript(async () => {
  const { stack } = readCommandLine({
    usage: "begin-deployment --stack STACK",
    about: "Makes the deployment of a run's commit, as GitHub does by itself for an environment.",
  });
  const { octokit, place } = runningRepository();
  const [ref, output] = [given("GITHUB_SHA"), given("GITHUB_OUTPUT")];
  try {
    const { data } = await octokit.repos.createDeployment({
      ...{ ...place, ref, environment: stack, production_environment: stack === "production" },
      // This run is itself a check of the commit, and has not ended.
      required_contexts: [],
      // What is deployed is this commit, and not what it would be with the default branch in it.
      auto_merge: false,
    });
    if (!("id" in data)) throw new Error(data.message);
    await octokit.repos.createDeploymentStatus({
      ...{ ...place, deployment_id: data.id, state: "in_progress", log_url: runUrl() },
    });
    appendFileSync(output, `id=${data.id}\n`);
  } catch (error) {
    console.log(`::warning::GitHub was not told of the deploy: ${(error as Error).message}`);
  }
});
