import type { RepositoryCall } from "../http/route.ts";
import type { Issue } from "../world/issues.ts";
import { now } from "../world/world.ts";

/** Opens an issue, or the part of a pull request that is like one, under the next number. */
export function makeIssue(
  { world, repository, actor }: RepositoryCall,
  title: string,
  body: string | null,
): Issue {
  const number = repository.issues.size + 1;
  const made: Issue = {
    ...{ id: world.nextId(), number, title, body, author: actor, state: "open" as const },
    ...{ stateReason: null, labels: [], comments: [] },
    ...{ createdAt: now(), updatedAt: now(), closedAt: null },
  };
  repository.issues.set(number, made);
  return made;
}
