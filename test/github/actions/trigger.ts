/** What starts a run. */
export interface Trigger {
  event: "push" | "pull_request" | "workflow_dispatch" | "issue_comment" | "schedule";
  /** A full one, such as `refs/heads/main`. */
  ref: string;
  /** Login of who started it. */
  actor: string;
  inputs?: Record<string, string>;
  payload?: object;
}

interface Filters {
  branches?: string[];
  tags?: string[];
}

/** The events that an `on:` names, and what it wants of each. */
export type Events = Record<string, Filters | null>;

/** Whether a workflow runs for it. The refs of pushes and the bases of pull requests are all that is filtered. */
export function isStartedBy(on: Events, { event, ref, payload }: Trigger): boolean {
  if (!(event in on)) return false;
  const { branches, tags } = on[event] ?? {};
  if (event === "pull_request") {
    const { pull_request: request } = payload as { pull_request: { base: { ref: string } } };
    return !branches || matchesAny(branches, request.base.ref);
  }
  if (event !== "push" || !(branches || tags)) return true;
  // Patterns of branches alone leave out every tag, and the other way round.
  const patterns = ref.startsWith("refs/tags/") ? tags : branches;
  return matchesAny(patterns ?? [], nameOf(ref));
}

/** A ref as people call it. */
export function nameOf(ref: string): string {
  return ref.replace(/^refs\/(heads|tags|pull)\//, "");
}

/** Filters of workflows are not the patterns of rulesets: `**` goes past slashes wherever it stands. */
function matchesAny(patterns: string[], name: string): boolean {
  return patterns.some((pattern) => expressionOf(pattern).test(name));
}

function expressionOf(pattern: string): RegExp {
  if (/[?+[\]!\\]/.test(pattern))
    throw new Error(`the emulator does not know the filter '${pattern}'`);
  const parts = pattern.split(/(\*+)/).map((part) => {
    if (part === "*") return "[^/]*";
    return part.startsWith("*") ? ".*" : part.replaceAll(/[.(){}^$|]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`);
}
