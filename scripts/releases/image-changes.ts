import type { Configuration } from "../environment.ts";

export interface ImageChange {
  /** As `pulumi config` takes it with `--path`, without the project's name. */
  key: string;
  /** Absent where the configuration names none. */
  from?: string;
  to: string;
}

/**
 * What has to be set for a configuration to name the images of a release. Those of a service or worker that is not
 * configured any more are left out: an image alone configures none.
 */
export function imageChanges(
  config: Configuration,
  images: Record<string, string>,
): { changes: ImageChange[]; left: string[] } {
  const changes: ImageChange[] = [];
  const left: string[] = [];
  for (const [key, to] of Object.entries(images)) {
    const [section = "", ...path] = key.split(".").slice(0, -1);
    const [name] = path;
    const whole = config[`slipway:${section}`];
    const holder = name === undefined ? whole : whole?.[name];
    if (holder === undefined && section !== "app") left.push(key);
    else if (holder?.image !== to) {
      changes.push({ key, to, ...(holder?.image ? { from: holder.image } : {}) });
    }
  }
  return { changes, left };
}
