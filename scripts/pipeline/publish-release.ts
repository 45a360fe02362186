import semver from "semver";
import { readCommandLine } from "../command-line.ts";
import { Failure, runScript } from "../failure.ts";
import { given, runningRepository } from "./github.ts";

/** GitHub's release of the tag that a run is for, with notes of the commits since the one before. */
await runScript(async () => {
  const { values } = readCommandLine({
    usage: "publish-release [--check]",
    about: "Publishes the release of a version's tag.",
    options: { check: { type: "boolean", about: "only see that the tag is a version" } },
  });
  const tag = given("GITHUB_REF_NAME");
  const version = semver.parse(tag.replace(/^v/, ""));
  if (!version || tag !== `v${version.version}`) {
    throw new Failure(`the tag ${tag} is no version; type for example: git tag v1.4.0`);
  }
  if (values.check) return;
  const { octokit, place } = runningRepository();
  const { data } = await octokit.repos.createRelease({
    ...{ ...place, tag_name: tag, name: tag, generate_release_notes: true },
    prerelease: version.prerelease.length > 0,
  });
  console.log(`Published ${data.html_url}`);
});
