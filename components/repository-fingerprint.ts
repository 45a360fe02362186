import { createHash } from "node:crypto";

export interface ConfigurationFile {
  name: string;
  content: string;
}

/**
 * Names keys, addresses and credentials of the backup repositories without telling them: another one means that what was
 * written down is out of date.
 */
export function repositoryFingerprint(files: ConfigurationFile[]): string {
  const lines = files
    .filter(opensRepository)
    .flatMap(({ name, content }) =>
      content
        .split("\n")
        .filter((line) => name !== "pgbackrest.conf" || /^repo\d-(?!retention)/.test(line)),
    );
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex").slice(0, 16);
}

/** By the other one a server archives: who only reads has nothing to archive. */
export function opensRepository({ name }: Pick<ConfigurationFile, "name">): boolean {
  return name !== "archive-wal.sh";
}
