/** The part of the engine's events that an audit reads. */
export interface EngineEvent {
  resourcePreEvent?: { metadata: StepMetadata };
  resOutputsEvent?: { metadata: StepMetadata };
  diagnosticEvent?: { message: string; severity: string };
}

interface StepMetadata {
  op: string;
  urn: string;
  old: ResourceState | null;
  new: ResourceState | null;
  diffs?: string[] | null;
  detailedDiff?: Record<string, unknown> | null;
}

interface ResourceState {
  custom?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** Something that the engine found to differ. */
export interface EngineStep {
  urn: string;
  /** `refresh`: the world is not as the state has it. `program`: the state is not as the program declares it. */
  phase: "refresh" | "program";
  /** What was done to it, in the world; or what a deploy would do. */
  op: "create" | "update" | "replace" | "delete";
  changes: Change[];
  /** Whether all that differs follows from other resources which are to change. */
  isConsequence: boolean;
}

export interface Change {
  property: string;
  /** Of a refresh, where they are short and plain. */
  expected?: string;
  found?: string;
}

/** What stands for a value that is known when another resource is made. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const ops: Record<string, EngineStep["op"]> = {
  create: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
  delete: "delete",
};

/** What differs, of resources that are something by themselves. */
export function engineSteps(events: EngineEvent[]): EngineStep[] {
  const steps = new Map<string, EngineStep>();
  const refreshing = new Set<string>();
  const add = (phase: EngineStep["phase"], metadata: StepMetadata) => {
    const op = phase === "refresh" ? foundOp(metadata) : ops[metadata.op];
    const custom = metadata.old?.custom ?? metadata.new?.custom;
    if (!op || !custom || steps.has(`${phase} ${metadata.urn}`)) return;
    const isConsequence = phase === "program" && dependsOnOthers(op, metadata);
    const { urn } = metadata;
    const changes = changesOf(phase, metadata);
    steps.set(`${phase} ${urn}`, { urn, phase, op, changes, isConsequence });
  };
  for (const { resourcePreEvent, resOutputsEvent } of events) {
    const begun = resourcePreEvent?.metadata;
    if (begun?.op === "refresh") refreshing.add(begun.urn);
    else if (begun) add("program", begun);
    const ended = resOutputsEvent?.metadata;
    if (ended && refreshing.delete(ended.urn)) add("refresh", ended);
  }
  return [...steps.values()];
}

/** The engine calls all of a refresh so. */
function foundOp({ new: now, diffs }: StepMetadata): EngineStep["op"] | undefined {
  if (!now) return "delete";
  return diffs && diffs.length > 0 ? "update" : undefined;
}

function changesOf(phase: EngineStep["phase"], { old, new: now, ...step }: StepMetadata): Change[] {
  const paths = Object.keys(step.detailedDiff ?? {});
  const properties = paths.length > 0 ? paths.map(propertyOf) : (step.diffs ?? []);
  return [...new Set(properties)].map((property) => {
    if (phase === "program") return { property };
    const [expected, found] = [old, now].map((each) =>
      shown(each?.outputs?.[property] ?? each?.inputs?.[property]),
    );
    return {
      property,
      ...(expected === undefined ? {} : { expected }),
      ...(found === undefined ? {} : { found }),
    };
  });
}

/** `labels[0].value` is about `labels`. */
function propertyOf(path: string): string {
  return /^[A-Za-z_]+/.exec(path)?.[0] ?? path;
}

/** What people set may be meant for nobody else. */
function shown(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value.length <= 80 ? value : undefined;
}

function dependsOnOthers(op: EngineStep["op"], { diffs, new: now }: StepMetadata): boolean {
  if (op !== "update" && op !== "replace") return false;
  return (
    diffs != null &&
    diffs.length > 0 &&
    diffs.every((property) => JSON.stringify(now?.inputs?.[property])?.includes(unknown))
  );
}
