import { copiedImage } from "../components/copied-image.ts";
import type { Settings } from "./settings.ts";

/** The same settings with every image as the host calls it once it is there. */
export function withImagesOnHost(settings: Settings): Settings {
  if (settings.transport !== "copy") return settings;
  const { images, app, services, workers, beat } = settings;
  const named = Object.fromEntries(
    Object.entries(images).map(([server, image]) => [server, image && copiedImage(image)]),
  );
  return {
    ...settings,
    images: { ...images, ...named },
    app: onHost(app),
    services: onHostAll(services),
    workers: onHostAll(workers),
    beat: onHost(beat),
  };
}

interface Runs {
  image?: string | undefined;
}

function onHost<Each extends Runs>(runs: Each): Each {
  return runs.image === undefined ? runs : { ...runs, image: copiedImage(runs.image) };
}

function onHostAll<Each extends Runs>(all: Record<string, Each>): Record<string, Each> {
  return Object.fromEntries(Object.entries(all).map(([name, each]) => [name, onHost(each)]));
}
