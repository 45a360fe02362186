import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BareRepository } from "./bare-repository.ts";

/**
 * Makes a real `git push` to the repository's directory ask the emulator, by hooks. Who pushes is said by GITHUB_ACTOR
 * in the environment of `git push`.
 */
export async function installHooks(
  git: BareRepository,
  url: string,
  fullName: string,
): Promise<void> {
  const directory = join(git.directory, "hooks");
  await mkdir(directory, { recursive: true });
  const ask = (path: string, ref: string, before: string, after: string) => `\
curl --silent --show-error --fail-with-body --noproxy '*' \\
  --data-urlencode "repository=${fullName}" --data-urlencode "actor=\${GITHUB_ACTOR:?says who pushes}" \\
  --data-urlencode "ref=${ref}" --data "before=${before}&after=${after}" \\
  --data-urlencode "objects=\${GIT_OBJECT_DIRECTORY:-}" \\
  --data-urlencode "alternates=\${GIT_ALTERNATE_OBJECT_DIRECTORIES:-}" \\
  ${url}/${path}`;
  await writeFile(join(directory, "update"), `#!/bin/sh\n${ask("update", "$1", "$2", "$3")}\n`, {
    mode: 0o755,
  });
  const receive = `#!/bin/sh\nwhile read -r before after ref; do\n${ask("post-receive", "$ref", "$before", "$after")}\ndone\n`;
  await writeFile(join(directory, "post-receive"), receive, { mode: 0o755 });
}
