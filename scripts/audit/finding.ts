import type { Evidence } from "./evidence.ts";

/** One thing that is not as it should be. */
export interface Finding {
  /** Drift is what somebody or something changed; a warning is what is going to be wrong. */
  severity: "drift" | "warning";
  what: string;
  expected: string;
  found: string;
  /** What to type. */
  type: string;
  /** The same for whatever is found about the same thing in another way: only the first of them is told. */
  subject?: string;
  /** Resources of the state by name that put it right when a deploy does them again. */
  redo?: string[];
}

/** One kind of thing that an audit looks at, by what that audit has seen. */
export interface Check<Seen = Evidence> {
  /** What its findings are told under. */
  kind: string;
  /** Whether no deploy touches what it looks at. Defaults to false: then it is left out while one is at work. */
  duringDeploy?: boolean;
  find(evidence: Seen): Finding[];
}
