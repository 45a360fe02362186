import * as field from "./fields.ts";
import { section } from "./shapes.ts";

/** How long browsers keep to HTTPS. Two years, as the lists of browsers ask for. */
const hsts = section({
  seconds: field.hstsSeconds.default(63_072_000),
  subdomains: field.flag.default(false),
  preload: field.flag.default(false),
});

/** What the edge does to every request and answer. */
export const http = section({
  hsts: hsts.prefault({}),
  securityHeaders: field.flag.default(false),
  rateLimit: section({ perSecond: field.requests, burst: field.requests }).optional(),
  maxBodyMegabytes: field.bodyMegabytes.optional(),
});
