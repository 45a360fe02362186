import type { StackSettings } from "./schema/stack.ts";

/** Images by the keys of the configuration that name them; only those that are configured. */
export type ConfiguredImages = Record<string, string>;

/** As they were configured, whatever the host calls them. */
export function configuredImages({
  app,
  services,
  workers,
  beat,
}: Pick<StackSettings, "app" | "services" | "workers" | "beat">): ConfiguredImages {
  const under = (key: string, each: Record<string, { image?: string | undefined }>) =>
    Object.entries(each).map(([name, { image }]) => [`${key}.${name}.image`, image]);
  const all = [
    ["app.image", app.image],
    ...under("services", services),
    ...under("workers", workers),
    ["beat.image", beat.image],
  ];
  return Object.fromEntries(all.filter(([, image]) => image !== undefined));
}

/**
 * What scripts on the host have to know of a release when its configuration is gone. A line each:
 * `service NAME PORT REPLICAS READINESS`, `smoke SERVICE HOST PATH`, `image CONFIG_KEY REFERENCE`.
 */
export function releaseDescription(
  { services }: Pick<StackSettings, "services">,
  images: ConfiguredImages,
): string {
  const lines = [
    ...Object.entries(services).map(
      ([name, { port, replicas, probes }]) =>
        `service ${name} ${port} ${replicas} ${probes.readiness}`,
    ),
    ...Object.entries(services).flatMap(([name, { hosts, probes }]) =>
      probes.smoke.map((path) => `smoke ${name} ${hosts[0]} ${path}`),
    ),
    ...imageLines(images),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** A line each, `image CONFIG_KEY REFERENCE`. */
export function imageLines(images: ConfiguredImages): string[] {
  return Object.entries(images).map(([key, reference]) => `image ${key} ${reference}`);
}

/** Finds them among other lines. */
export function imagesOf(text: string): ConfiguredImages {
  const lines = text.matchAll(/^image (\S+) (\S+)$/gm);
  return Object.fromEntries([...lines].map(([, key = "", reference = ""]) => [key, reference]));
}
