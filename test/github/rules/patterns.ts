import { minimatch } from "minimatch";

/**
 * Whether a name matches a pattern as GitHub reads it, which is Ruby's fnmatch with FNM_PATHNAME: `*` stops at a slash,
 * `**` spans directories only with a slash after it.
 */
export function matches(pattern: string, name: string): boolean {
  const glob = pattern.replaceAll(/\*\*(?!\/)/g, "*");
  const plain = { nobrace: true, noext: true, nonegate: true, nocomment: true };
  return minimatch(name, glob, plain);
}

/** Whether a ruleset's condition names a full ref. */
export function namesRef(
  conditions: { include?: string[]; exclude?: string[] },
  ref: string,
  defaultBranch: string,
): boolean {
  const named = (pattern: string) => {
    if (pattern === "~ALL") return true;
    if (pattern === "~DEFAULT_BRANCH") return ref === `refs/heads/${defaultBranch}`;
    return matches(pattern, ref);
  };
  return (conditions.include ?? []).some(named) && !(conditions.exclude ?? []).some(named);
}
