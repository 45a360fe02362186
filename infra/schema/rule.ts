import type { Example } from "./shapes.ts";
import type { StackSettings } from "./stack.ts";

/** A mistake that no single key shows. */
export interface Mistake {
  path: (string | number)[];
  allowed: string;
  /** What to type; without it, any value. */
  example?: Example;
}

/** Finds mistakes among settings that are without mistakes of their own. */
export interface Rule {
  reads: (keyof StackSettings)[];
  find: (settings: StackSettings) => Mistake[];
}

/** A rule whose `find` gets no more than it says that it reads. */
export function rule<Key extends keyof StackSettings>(
  reads: Key[],
  find: (settings: Pick<StackSettings, Key>) => Mistake[],
): Rule {
  return { reads, find };
}

export type Consumer =
  | StackSettings["services"][string]
  | StackSettings["workers"][string]
  | StackSettings["beat"];

/** Who runs the application, each with its key. */
export function consumersOf({
  services,
  workers,
  beat,
}: Pick<StackSettings, "services" | "workers" | "beat">): [key: string[], Consumer][] {
  return [
    ...Object.entries(services).map(([name, each]): [string[], Consumer] => [
      ["services", name],
      each,
    ]),
    ...Object.entries(workers).map(([name, each]): [string[], Consumer] => [
      ["workers", name],
      each,
    ]),
    ...(beat.enabled ? [[["beat"], beat] satisfies [string[], Consumer]] : []),
  ];
}

/** Every name that a certificate has to be for. */
export function hostNamesOf({ services }: Pick<StackSettings, "services">): string[] {
  return Object.values(services).flatMap(({ hosts, redirects }) => [
    ...hosts,
    ...Object.keys(redirects),
  ]);
}
