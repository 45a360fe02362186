import type { ConfiguredImages } from "../../infra/release-description.ts";
import type { Configuration } from "../environment.ts";

export interface ImageChange {
  /** As `pulumi config` takes it with `--path`, without the project's name. */
  key: string;
  /** What the configuration names, or else what runs; absent where there is none. */
  from?: string;
  to: string;
  /** Whether the configuration names one. */
  isNamed: boolean;
}

/**
 * What has to be set for a configuration to come to the images of a release: it has those that it names, and where it
 * names none those of `running`. Those of a service or worker that is not configured any more are left out: an image
 * alone configures none.
 */
export function imageChanges(
  config: Configuration,
  images: ConfiguredImages,
  running: ConfiguredImages,
): { changes: ImageChange[]; left: string[] } {
  const changes: ImageChange[] = [];
  const left: string[] = [];
  for (const [key, to] of Object.entries(images)) {
    const [section = "", ...path] = key.split(".").slice(0, -1);
    const [name] = path;
    const whole = config[`slipway:${section}`];
    const holder = name === undefined ? whole : whole?.[name];
    const from = holder?.image ?? running[key];
    if (holder === undefined && section !== "app") left.push(key);
    else if (from !== to) {
      changes.push({ key, to, isNamed: Boolean(holder?.image), ...(from ? { from } : {}) });
    }
  }
  return { changes, left };
}
