import { nameOf, type Trigger } from "./trigger.ts";

/** What every expression of a run may speak of. */
export function contextsOf(
  { event, ref, actor, inputs = {}, payload = {} }: Trigger,
  { fullName, commit, id }: { fullName: string; commit: string; id: number },
) {
  const kind = ref.startsWith("refs/tags/") ? "tag" : "branch";
  return {
    inputs,
    github: {
      ...{ event_name: event, ref, ref_name: nameOf(ref), ref_type: kind, sha: commit, actor },
      ...{ repository: fullName, event: payload, run_id: String(id) },
    },
  };
}
