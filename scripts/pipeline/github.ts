import { Octokit } from "@octokit/rest";
import { Failure } from "../failure.ts";

/** The repository that a workflow runs in. */
export interface RunningRepository {
  octokit: Octokit;
  /** As every request names it. */
  place: { owner: string; repo: string };
}

/** A variable that GitHub gives every step, or that the workflow has to. */
export function given(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Failure(`${name} is missing: this runs as a step of a workflow of GitHub's`);
}

/** Of GITHUB_REPOSITORY, GITHUB_API_URL and GITHUB_TOKEN. */
export function runningRepository(): RunningRepository {
  const [owner = "", repo = ""] = given("GITHUB_REPOSITORY").split("/");
  const octokit = new Octokit({ auth: given("GITHUB_TOKEN"), baseUrl: given("GITHUB_API_URL") });
  return { octokit, place: { owner, repo } };
}

/** Where a person looks at the run that this is a step of. */
export function runUrl(): string {
  return `${given("GITHUB_SERVER_URL")}/${given("GITHUB_REPOSITORY")}/actions/runs/${given("GITHUB_RUN_ID")}`;
}
