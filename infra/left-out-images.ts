import type { ConfiguredImages } from "./release-description.ts";

/** What a user wrote has any shape until it is parsed. */
type Raw = Record<string, unknown>;

/**
 * The same configuration with those of `images` in the places that name none: what is left out stays what it is. Those
 * of a service or worker that is not configured any more are left out, since an image alone configures none.
 */
export function withLeftOutImages(given: Raw, images: ConfiguredImages): Raw {
  const completed = { ...given };
  for (const [key, image] of Object.entries(images)) {
    const [section = "", name] = key.split(".").slice(0, -1);
    const whole = completed[section];
    if (name === undefined) {
      completed[section] = withImage(whole, image);
    } else if (isMap(whole) && name in whole) {
      completed[section] = { ...whole, [name]: withImage(whole[name], image) };
    }
  }
  return completed;
}

function withImage(runs: unknown, image: string): unknown {
  return isMap(runs) && !("image" in runs) ? { ...runs, image } : runs;
}

function isMap(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
