import { Refusal } from "../http/route.ts";

/** Refuses a name that no secret and no variable may have. */
export function requireName(name: string): void {
  if (/^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/.test(name)) return;
  throw new Refusal(
    422,
    "Names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). They must not start with a number or GITHUB_.",
  );
}
