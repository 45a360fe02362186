import type { Answer, Call } from "./route.ts";

/** The part of a list that a request asks for, and the header that leads to the others. */
export interface Page {
  answer: Answer;
  link: string | undefined;
}

/** Cuts a list, or the list inside an object with `total_count`, to `per_page` and `page`. */
export function cutPage(answer: Answer, query: Call["query"], url: URL): Page {
  const [list, put] = listOf(answer.body);
  if (!list) return { answer, link: undefined };
  const size = Number(query.per_page ?? 30);
  const page = Number(query.page ?? 1);
  const last = Math.max(1, Math.ceil(list.length / size));
  const linked = { prev: page - 1, next: page + 1, first: 1, last };
  const links = Object.entries(linked)
    .filter(([, to]) => to >= 1 && to <= last && to !== page)
    .map(([name, to]) => {
      const target = new URL(url);
      target.searchParams.set("page", String(to));
      return `<${target}>; rel="${name}"`;
    });
  const body = put(list.slice((page - 1) * size, page * size));
  return { answer: { ...answer, body }, link: links.join(", ") || undefined };
}

function listOf(body: unknown): [list: unknown[] | undefined, put: (list: unknown[]) => unknown] {
  if (Array.isArray(body)) return [body, (list) => list];
  if (typeof body === "object" && body !== null && "total_count" in body)
    for (const [name, value] of Object.entries(body))
      if (Array.isArray(value)) return [value, (list) => ({ ...body, [name]: list })];
  return [undefined, (list) => list];
}
