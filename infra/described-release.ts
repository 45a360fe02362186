import { type Consumers, consumersOf } from "./consumers.ts";
import { environmentOf } from "./environment.ts";
import { withImagesOnHost } from "./images-on-host.ts";
import { plainReferences } from "./plain-references.ts";
import { resolveReferences } from "./references.ts";
import { type ConfiguredImages, configuredImages } from "./release-description.ts";
import { identify } from "./release-id.ts";
import type { Settings } from "./settings.ts";

/** A release as configuration alone describes it: before any resource is declared, and before anything is changed. */
export interface DescribedRelease {
  id: string;
  /** Who runs it, its settings resolved. */
  consumers: Consumers;
  /** What references stand for that show nothing secret. */
  plain: Record<string, string>;
  images: ConfiguredImages;
}

/** Undefined for a stack that runs no application: it may be nothing but the edge. */
export function describeRelease(given: Settings): DescribedRelease | undefined {
  const settings = withImagesOnHost(given);
  const declared = consumersOf(settings);
  if (declared.services.length + declared.workers.length === 0) return;
  const known = plainReferences(settings);
  const id = identify(settings, environmentOf(settings), declared, known);
  const plain = { ...known, "release.id": id };
  const consumers = withSettings(declared, (values) => resolveAll(values, plain));
  return { id, consumers, plain, images: configuredImages(given) };
}

/** The same values, each reference in them replaced. */
export function resolveAll(values: Record<string, string>, plain: Record<string, string>) {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, resolveReferences(value, plain)]),
  );
}

function withSettings(
  { services, workers, beat }: Consumers,
  resolve: (values: Record<string, string>) => Record<string, string>,
): Consumers {
  const each = <C extends { settings: Record<string, string> }>(consumer: C): C => ({
    ...consumer,
    settings: resolve(consumer.settings),
  });
  return {
    services: services.map(each),
    workers: workers.map(each),
    ...(beat ? { beat: each(beat) } : {}),
  };
}
