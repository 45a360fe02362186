/** Who may ask, beside the switch: all of it has to hold. */
export interface Access {
  /** Whether the file of names and password hashes is there. */
  byPassword: boolean;
  /** IP addresses or ranges; empty for everybody. */
  addresses: string[];
}

/** What the edge does to every request and answer of an environment. */
export interface HttpPolicy {
  /** How long browsers keep to HTTPS; 0 seconds for not at all. */
  hsts: { seconds: number; subdomains: boolean; preload: boolean };
  securityHeaders: boolean;
  /** Requests of one address, each second and at once. */
  rateLimit?: { perSecond: number; burst: number } | undefined;
  maxBodyMegabytes?: number | undefined;
}

/** The headers of every answer. What the application sets itself under one of these names is lost: Traefik sets it last. */
export function answerHeaders(release: string, { hsts, securityHeaders }: HttpPolicy) {
  return {
    headers: {
      customResponseHeaders: { "X-Slipway-Release": release },
      ...(hsts.seconds > 0
        ? {
            stsSeconds: hsts.seconds,
            stsIncludeSubdomains: hsts.subdomains,
            stsPreload: hsts.preload,
          }
        : {}),
      ...(securityHeaders
        ? {
            contentTypeNosniff: true,
            frameDeny: true,
            referrerPolicy: "strict-origin-when-cross-origin",
          }
        : {}),
    },
  };
}

/** What holds requests back before anybody is asked for a password, in this order. */
export function limitsOf(stack: string, { addresses }: Access, { rateLimit }: HttpPolicy) {
  return {
    ...(addresses.length > 0
      ? { [`${stack}_addresses`]: { ipAllowList: { sourceRange: addresses } } }
      : {}),
    ...(rateLimit
      ? {
          [`${stack}_rate`]: {
            rateLimit: {
              average: rateLimit.perSecond,
              burst: rateLimit.burst,
              // Whoever has an IPv6 address has 2^64 of them.
              sourceCriterion: { ipStrategy: { ipv6Subnet: 64 } },
            },
          },
        }
      : {}),
  };
}

/**
 * The one middleware that refuses a large body holds request and answer back until they are whole, which breaks streams.
 * So only those requests are led through it that are refused by their length at once, or may have a body and do not say
 * how long it is. What it holds back lies in the edge's /tmp, beyond the first 64 KB.
 */
export function bodyLimit(maxMegabytes: number) {
  const most = maxMegabytes * 1024 * 1024;
  const unsaid = ["GET", "HEAD", "OPTIONS"].map((method) => `!Method(\`${method}\`)`).join(" && ");
  return {
    rule: `(HeaderRegexp(\`Content-Length\`, \`${largerThan(most)}\`) || (!HeaderRegexp(\`Content-Length\`, \`.\`) && ${unsaid}))`,
    middleware: {
      buffering: {
        maxRequestBodyBytes: most,
        memRequestBodyBytes: 65536,
        memResponseBodyBytes: 65536,
      },
    },
  };
}

/** Matches the decimal numbers above `limit`. */
export function largerThan(limit: number): string {
  const digits = String(limit);
  const longer = `[1-9]\\d{${digits.length},}`;
  const asLong = [...digits].flatMap((digit, at) => {
    const rest = digits.length - at - 1;
    return digit === "9" ? [] : `${digits.slice(0, at)}[${Number(digit) + 1}-9]\\d{${rest}}`;
  });
  return `^0*(${[longer, ...asLong].join("|")})$`;
}

/**
 * Matches a path and all that lies under it in whatever case, and with encoded slashes, as an application may read them.
 * Traefik has decoded letters and taken out double slashes and dots by then; dots between encoded slashes it leaves, and
 * nobody means well by them.
 */
export function hiddenPaths(paths: string[]): string {
  const slash = "(/|%2f)+";
  const each = paths.map((path) =>
    path
      .slice(1)
      .split("/")
      .map((part) => part.replaceAll(".", "\\."))
      .join(slash),
  );
  return `(?i)^${slash}(${each.join("|")})($|[^\\w.~-])|(/|\\\\|%2f|%5c)\\.\\.?($|/|\\\\|%2f|%5c)`;
}
