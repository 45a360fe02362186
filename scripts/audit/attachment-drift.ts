import type { Difference } from "./difference.ts";
import type { InspectedContainer } from "./host-look.ts";

/** The networks that a container is on, and its names there, beside those that it was made for. */
export function attachmentDrift(
  wanted: { name: string; aliases?: string[] }[],
  { NetworkSettings: { Networks } }: InspectedContainer,
  alsoOn: RegExp | undefined,
): Difference[] {
  const property = "networksAdvanced";
  const missing = wanted.flatMap(({ name, aliases = [] }): Difference[] => {
    const named = aliases.map((each) => `--alias ${each} `).join("");
    const connect = (container: string) => `docker network connect ${named}${name} ${container}`;
    const network = Networks[name];
    const what = `network ${name}`;
    if (!network)
      return [{ property, what, expected: "on it", found: "not on it", command: connect }];
    const lacking = aliases.filter((each) => !network.Aliases?.includes(each));
    if (lacking.length === 0) return [];
    return [
      {
        ...{ property, what, expected: `answers to ${lacking.join(", ")}`, found: "does not" },
        command: (container) =>
          `docker network disconnect ${name} ${container} && ${connect(container)}`,
      },
    ];
  });
  const more = Object.keys(Networks).filter(
    (name) => !alsoOn?.test(name) && !wanted.some((each) => each.name === name),
  );
  return [
    ...missing,
    ...more.map(
      (name): Difference => ({
        ...{ property, what: `network ${name}`, expected: "not on it", found: "on it" },
        command: (container) => `docker network disconnect ${name} ${container}`,
      }),
    ),
  ];
}
