import { createHash } from "node:crypto";
import type { HostEntry } from "./host-look.ts";

/** Something that a script was told to put on the host. */
export interface WantedEntry extends HostEntry {
  /** Below the directory of the host. */
  path: string;
  /** A file that grows: its text is nobody's concern. */
  isLog: boolean;
}

export interface FileDifference {
  path: string;
  expected: string;
  found: string;
}

/**
 * What the FILES of a script say, as scripts/host/files/put-files.sh reads them. A file's text goes no further than its
 * hash.
 */
export function wantedEntries(
  directory: string,
  files: string,
  engineGroup: string,
): WantedEntry[] {
  return files
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [kind, path = "", mode = "", owner = "", content = ""] = line.split(" ");
      return {
        path: path === "." ? directory : `${directory}/${path.replace(/^\.\//, "")}`,
        kind: kind === "d" ? "directory" : "file",
        mode: Number.parseInt(mode, 8),
        owner: owner.replace(":engine", `:${engineGroup}`),
        isLog: kind === "l",
        ...(kind === "f" ? { sha256: sha256Of(content) } : {}),
      };
    });
}

export function fileDrift(
  wanted: WantedEntry[],
  present: Map<string, HostEntry>,
): FileDifference[] {
  const known = new Set(wanted.map(({ path }) => path));
  return [
    ...wanted.flatMap((each) => differencesOf(each, present.get(each.path))),
    ...[...present.keys()]
      .filter((path) => !known.has(path) && isOfOurs(path, wanted))
      .map((path) => ({ path, expected: "not there", found: "put there by somebody else" })),
  ];
}

function differencesOf(wanted: WantedEntry, found: HostEntry | undefined): FileDifference[] {
  const { path } = wanted;
  if (!found) return [{ path, expected: "there", found: "gone" }];
  const octal = (mode: number) => mode.toString(8).padStart(4, "0");
  const aspects = [
    [`a ${wanted.kind}`, `a ${found.kind}`],
    [`mode ${octal(wanted.mode)}`, `mode ${octal(found.mode)}`],
    [`owner ${wanted.owner}`, `owner ${found.owner}`],
    ...(wanted.sha256 && found.kind === "file"
      ? [
          [
            "as it was deployed",
            found.sha256 === wanted.sha256 ? "as it was deployed" : "another text",
          ],
        ]
      : []),
  ] as [string, string][];
  const differing = aspects.filter(([expected, is]) => expected !== is);
  if (differing.length === 0) return [];
  const list = (index: 0 | 1) => differing.map((each) => each[index]).join(", ");
  return [{ path, expected: list(0), found: list(1) }];
}

/** A directory with files of ours has no others; but that which the edge watches is everybody's. */
function isOfOurs(path: string, wanted: WantedEntry[]): boolean {
  const directory = path.slice(0, path.lastIndexOf("/"));
  if (directory.endsWith("/dynamic")) return false;
  return wanted.some(
    (each) =>
      each.kind === "file" &&
      !each.isLog &&
      each.path.startsWith(`${directory}/`) &&
      !each.path.slice(directory.length + 1).includes("/"),
  );
}

function sha256Of(base64: string): string {
  return createHash("sha256").update(Buffer.from(base64, "base64")).digest("hex");
}
