import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type Downtime, downtimeOf } from "./downtime.ts";
import type { PreviewStep, ResourceState } from "./preview-steps.ts";

/** What becomes of one resource. Releases are taken out of its name: it is the same thing in the next one. */
export interface Change {
  kind: "create" | "update" | "replace" | "delete";
  type: string;
  name: string;
  /** Of its inputs, those that are others than before. */
  inputs: string[];
  /** When the image is another one. */
  image?: { from: string; to: string };
}

export interface Plan {
  /** Of all that would be done. Another plan has another one, the same plan the same. */
  hash: string;
  /** Undefined when none serves before, or when the same one serves afterwards. */
  release: { from?: string | undefined; to?: string | undefined };
  changes: Change[];
  downtime: Downtime;
}

/** A release may be renewed without a change that shows: a secret is another one. */
export function changesNothing({ changes, release }: Plan): boolean {
  return changes.length === 0 && release.to === undefined;
}

type Kind = Change["kind"];

const kinds: Record<string, Kind> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
};

/** Puts the steps of a preview into what a person is to approve. `declared`: its migration may stop what serves. */
export function planOf(steps: PreviewStep[], { declared = false } = {}): Plan {
  const changing = steps.filter(({ op }) => op in kinds);
  const guards = (op: string) =>
    changing.flatMap((step) =>
      step.op === op ? (/::guard-([0-9a-f]{8})$/.exec(step.urn)?.[1] ?? []) : [],
    );
  const [to] = guards("create");
  const removed = guards("delete");
  const ids = [...removed, ...(to ? [to] : [])];
  const withoutRelease = (text: string) =>
    ids.reduce((rest, id) => rest.replaceAll(id, "RELEASE"), text);
  const changes = [...Map.groupBy(changing, ({ urn }) => withoutRelease(urn)).values()].flatMap(
    (same) => changeOf(same, withoutRelease),
  );
  const sorted = changes.sort((a, b) => a.name.localeCompare(b.name));
  return {
    hash: hashOf(changing),
    release: { from: removed.at(-1), to },
    changes: sorted,
    downtime: downtimeOf(sorted, declared),
  };
}

/** Of what one name stands for, in the release that goes and in the one that comes; nothing when both are alike. */
function changeOf(steps: PreviewStep[], withoutRelease: (text: string) => string): Change[] {
  const [first] = steps as [PreviewStep, ...PreviewStep[]];
  const ops = new Set(steps.map(({ op }) => op));
  const isRenewed = ops.has("create") && ops.has("delete");
  const last = steps.findLast(({ newState }) => newState) ?? first;
  const before = steps.find(({ oldState }) => oldState)?.oldState;
  const plain = (state: ResourceState | undefined): Record<string, unknown> =>
    JSON.parse(withoutRelease(JSON.stringify(chosen(state))));
  const old = plain(before);
  const now = plain(last.newState);
  const inputs = [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((key) => !isDeepStrictEqual(old[key], now[key]))
    .sort();
  if (isRenewed && inputs.length === 0) return [];
  const kind = isRenewed ? "replace" : (kinds[first.op] as Kind);
  const compared = kind === "create" || kind === "delete" ? [] : inputs;
  const images = { from: String(old.image), to: String(now.image) };
  return [
    {
      kind,
      type: (last.newState ?? before)?.type ?? "",
      name: withoutRelease(first.urn).split("::").at(-1) as string,
      inputs: compared,
      ...(compared.includes("image") ? { image: images } : {}),
    },
  ];
}

/** Steps run side by side, in an order that may be another one the next time. */
function hashOf(steps: PreviewStep[]): string {
  const told = steps.map(({ op, urn, newState }) => canonical([op, urn, chosen(newState)]));
  return createHash("sha256").update(told.sort().join("\n")).digest("hex").slice(0, 16);
}

/** The inputs that the program chose; names that the engine makes up are other ones each time. */
function chosen({ inputs = {} }: Partial<ResourceState> = {}): Record<string, unknown> {
  const { __defaults: made = [], ...rest } = inputs;
  return Object.fromEntries(
    Object.entries(rest).filter(([key]) => !(made as string[]).includes(key)),
  );
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => a.localeCompare(b)))
      : each,
  );
}
