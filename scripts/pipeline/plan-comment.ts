/** What a comment that asks for an approval keeps for the deploy that it may start. */
export interface AskedPlan {
  stack: string;
  hash: string;
  /** Branch or tag, and the commit that it was on. */
  ref: string;
  commit: string;
  /** Undefined: the image stays. */
  image?: string | undefined;
}

const mark = "<!-- slipway:plan ";

/** The comment itself. */
export function askForApproval(asked: AskedPlan, plan: string, approvers: string[]): string {
  return [
    `${mark}${JSON.stringify(asked)} -->`,
    plan.trim(),
    "",
    `Of ${asked.ref} at ${asked.commit}. To deploy it, one of ${approvers.join(", ")} comments here:`,
    "",
    `    /deploy ${asked.stack} ${asked.hash}`,
  ].join("\n");
}

/** Undefined for a comment that asks for nothing. */
export function readAsked(body = ""): AskedPlan | undefined {
  const [first = ""] = body.split("\n");
  if (!first.startsWith(mark)) return;
  return JSON.parse(first.slice(mark.length, -" -->".length));
}

/** What a comment approves; undefined when it is another one. */
export function readApproval(body = ""): Pick<AskedPlan, "stack" | "hash"> | undefined {
  const [, stack, hash] = /^\/deploy ([a-z][a-z0-9-]{0,30}) ([0-9a-f]{16})\s*$/.exec(body) ?? [];
  return stack && hash ? { stack, hash } : undefined;
}
