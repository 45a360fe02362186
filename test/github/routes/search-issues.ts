import { type Answer, ok, type RepositoryCall } from "../http/route.ts";
import { issue as shape } from "../shapes/issues.ts";
import type { Issue } from "../world/issues.ts";
import type { Repository } from "../world/repository.ts";

/** Finds issues by the qualifiers `repo`, `is`, `state`, `label`, `author` and `in`, and by words of title and body. */
export function searchIssues({ world, actor, query }: RepositoryCall): Answer {
  const terms = [...String(query.q ?? "").matchAll(/(?:(\w+):)?(?:"([^"]*)"|(\S+))/g)].map(
    ([, name, quoted, plain]) => ({ name, value: quoted ?? plain ?? "" }),
  );
  const items = [...world.repositories.values()]
    .filter((each) => world.roleOf(each, actor))
    .flatMap((repository) =>
      [...repository.issues.values()]
        .filter((issue) => terms.every((term) => meets(repository, issue, term)))
        .map((issue) => ({ ...shape(repository, issue), score: 1 })),
    );
  const found = { total_count: items.length, incomplete_results: false, search_type: "lexical" };
  return ok({ ...found, items });
}

function meets(
  repository: Repository,
  issue: Issue,
  { name, value }: { name: string | undefined; value: string },
): boolean {
  const isPull = repository.pulls.has(issue.number);
  switch (name) {
    case "repo":
      return repository.fullName.toLowerCase() === value.toLowerCase();
    case "state":
      return issue.state === value;
    case "label":
      return issue.labels.includes(value);
    case "author":
      return issue.author.login === value;
    case "in":
      return true;
    case "is":
    case "type":
      return value === issue.state || value === (isPull ? "pr" : "issue");
    case undefined:
      return `${issue.title}\n${issue.body}`.toLowerCase().includes(value.toLowerCase());
    default:
      throw new Error(`the emulator searches by no ${name}`);
  }
}
