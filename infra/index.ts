import "./lean-sdk.ts";
import "./providers.ts";
import { declareData } from "./data.ts";
import { declareEdge } from "./edge.ts";
import { declareHost } from "./host.ts";
import { withImagesOnHost } from "./images-on-host.ts";
import { declareProcessLimits } from "./process-limits.ts";
import { declareRelease } from "./release.ts";
import { readSettings } from "./settings.ts";

const given = readSettings();
const host = declareHost(given);
const settings = withImagesOnHost(given);
const data = declareData(settings, host);
const edge = declareEdge(settings, host, data);
const limits = declareProcessLimits(host, [...edge.limits, ...data.limits]);
const live = declareRelease(settings, host, edge, data, limits);

export const url = edge.urls["edge.url"];
export const release = live.id;
export const volumes = data.volumes;
