import { labelOf } from "../deployed.ts";
import type { EngineStep } from "../engine-steps.ts";
import type { EngineEvidence } from "../evidence.ts";
import type { Check, Finding } from "../finding.ts";
import { healsOf } from "../heal.ts";

/** The world beside the state, and the program beside both, as far as the engine can read them. */
export const program: Check<EngineEvidence> = {
  kind: "program",
  find({ environment, steps }) {
    const heals = healsOf(environment);
    const differs = new Set(steps.filter(({ phase }) => phase === "refresh").map(({ urn }) => urn));
    const others = steps.some(({ isConsequence }) => !isConsequence);
    return steps.flatMap((step) => {
      if (step.phase === "refresh") return inWorld(step, heals.refresh);
      // It follows from what was found about this resource, or about another one.
      if (differs.has(step.urn) || (step.isConsequence && others)) return [];
      return inProgram(step, heals.deploy);
    });
  },
};

function inWorld({ urn, op, changes }: EngineStep, type: string): Finding[] {
  const what = labelOf(urn);
  if (op === "delete") {
    return [{ ...drift, what, expected: "there", found: "gone", type, subject: `${urn} presence` }];
  }
  return changes.map(({ property, expected, found }) => ({
    ...{ ...drift, what: `${what}: ${property}`, type, subject: `${urn} ${property}` },
    expected: expected ?? "as it was deployed",
    found: found ?? (expected === undefined ? "changed" : "another value"),
  }));
}

const said = {
  create: ["declared by the program", "not deployed"],
  update: ["as the program has it", "as an earlier deploy made it"],
  replace: ["as the program has it", "as an earlier deploy made it"],
  delete: ["not declared by the program", "deployed"],
} as const;

function inProgram({ urn, op, changes }: EngineStep, type: string): Finding[] {
  const properties = changes.map(({ property }) => property).join(", ");
  const what = properties ? `${labelOf(urn)}: ${properties}` : labelOf(urn);
  const [expected, found] = said[op];
  return [{ ...drift, what, expected, found, type, subject: `${urn} presence` }];
}

const drift = { severity: "drift" } as const;
