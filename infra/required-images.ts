import type { RequiredImage } from "../components/images.ts";
import { configuredImages } from "./release-description.ts";
import { serversOf } from "./schema/platform.ts";
import type { Settings } from "./settings.ts";

const shell = "/bin/sh";

interface Need {
  image: string | undefined;
  programs: string[];
}

/** Every image that the stack names, each once, with what its containers start and are probed by. */
export function requiredImages(settings: Settings): RequiredImage[] {
  const { images, app, services, workers, beat, migration } = settings;
  const named = [
    images.helper,
    ...serversOf(settings).map((server) => images[server]),
    ...Object.values(configuredImages(settings)),
  ];
  const needs: Need[] = [
    ...named.map((image) => ({ image, programs: [] })),
    ...[...Object.values(services), ...Object.values(workers)].map(({ image = app.image }) => ({
      image,
      programs: [shell],
    })),
    ...(beat.enabled ? [{ image: beat.image ?? app.image, programs: [shell, "flock"] }] : []),
    ...(migration.enabled ? [{ image: app.image, programs: [shell] }] : []),
  ];
  return [...Map.groupBy(needs, ({ image }) => image)].flatMap(([reference, all]) =>
    reference === undefined
      ? []
      : [{ reference, programs: [...new Set(all.flatMap(({ programs }) => programs))] }],
  );
}
