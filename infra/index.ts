import { declareBackups } from "./backups.ts";
import { declareData } from "./data.ts";
import { describeRelease } from "./described-release.ts";
import { declareEdge } from "./edge.ts";
import { declareHost } from "./host.ts";
import { withImagesOnHost } from "./images-on-host.ts";
import { takeLease } from "./lease.ts";
import { publicUrls } from "./plain-references.ts";
import { declareProcessLimits } from "./process-limits.ts";
import { recordedImages } from "./recorded-images.ts";
import { declareRelease } from "./release.ts";
import { readSettings } from "./settings.ts";
import { writeKeyFile } from "./ssh-key.ts";

const recorded = await recordedImages;
const given = readSettings(recorded);
const settings = withImagesOnHost(given);
writeKeyFile(settings);
const described = describeRelease(given);
if (described) await takeLease(settings, described, recorded);

const host = declareHost(given);
const data = declareData(settings, host);
const backups = declareBackups(settings, host, data);
const edge = declareEdge(settings, host, data);
const limits = declareProcessLimits(host, data.limits);

export const url = publicUrls(settings)["edge.url"];
export const release = described?.id;
/** What the next deploy takes where its configuration names no image. */
export const images = described
  ? declareRelease(described, settings, host, edge, data, [...limits, ...backups])
  : {};
export const volumes = data.volumes;
