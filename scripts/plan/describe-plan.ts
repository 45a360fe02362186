import { shortImage } from "../releases/short-image.ts";
import { downtimes } from "./downtime.ts";
import { type Change, changesNothing, type Plan } from "./plan.ts";

/** A plan as people read it, in Markdown that is as good in a terminal. */
export function describePlan(stack: string, plan: Plan): string {
  if (changesNothing(plan)) return `**${stack}**: nothing would change.`;
  const { hash, release, changes, downtime } = plan;
  const renewed =
    changes.length === 0 ? ["Nothing of it shows: a secret is another one."] : changes.map(line);
  return [
    `**${stack}**: plan \`${hash}\``,
    "",
    ...(release.to ? [`Release ${release.from ?? "none"} → ${release.to}`, ""] : []),
    ...renewed.map((each) => `- ${each}`),
    "",
    `Downtime: ${downtimes[downtime]}`,
  ].join("\n");
}

function line({ kind, type, name, inputs, image }: Change): string {
  const what = `${kind} \`${name}\` (${type.split(":").at(-1)})`;
  if (image)
    return `${what}: image ${shortImage(image.from)} → ${shortImage(image.to)}${rest(inputs)}`;
  return inputs.length > 0 ? `${what}: ${inputs.join(", ")}` : what;
}

function rest(inputs: string[]): string {
  const others = inputs.filter((key) => key !== "image");
  return others.length > 0 ? `; ${others.join(", ")}` : "";
}

/** The hash of a plan that was described; undefined when nothing would change. */
export function hashIn(described: string): string | undefined {
  return /: plan `([0-9a-f]+)`/.exec(described)?.[1];
}
