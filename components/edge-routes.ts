export interface Route {
  service: string;
  hosts: string[];
  /** Host names that are sent on, each to one of `hosts`. */
  redirects: Record<string, string>;
  port: number;
  replicas: number;
}

/** Who may ask, beside the switch: all of it has to hold. */
export interface Access {
  /** Whether the file of names and password hashes is there. */
  byPassword: boolean;
  /** IP addresses or ranges; empty for everybody. */
  addresses: string[];
}

export interface EdgeRoutesArgs {
  stack: string;
  release: string;
  routes: Route[];
  httpsPort: number;
  /** `acme`: the edge obtains the certificates. `provided`: they lie in the environment's directory. */
  certificates: "acme" | "provided";
  access: Access;
}

/** Stands in a file for the definitions of services, which the switch makes: they change as traffic moves. */
const servicesPlace = "@services@";

/**
 * Idle: shorter than what application servers keep a connection for, since one that closes it in the moment of a request
 * fails that request. What is left of connections to an old release is at work, then. Dial: a container that is gone does
 * not refuse, and Traefik would wait for 30 s; two packets may be lost.
 */
const transport = { forwardingTimeouts: { idleConnTimeout: "500ms", dialTimeout: "4s" } };

/**
 * What the edge reads of one environment: its file in the watched directory. Every name begins with the stack's and
 * has its parts joined by what none of them can hold, since Traefik silently drops the second of two equal names.
 * The header `X-Slipway-Release` names who answered.
 */
export function edgeRoutes(args: EdgeRoutesArgs): string {
  const { stack, release, routes, access } = args;
  const shownPort = args.httpsPort === 443 ? "" : `:${args.httpsPort}`;
  const published = routes.filter((route) => route.hosts.length > 0);
  if (published.length === 0) return `# ${stack} ${release} publishes nothing\n`;
  const locks = locksOf(stack, access);
  const common = { entryPoints: ["websecure"], tls: tlsOf(args) };

  const routers = published.flatMap(({ service, hosts, redirects }) => {
    const name = `${stack}_${service}`;
    const middlewares = [`${stack}_release`, ...Object.keys(locks)];
    return [
      [name, { ...common, rule: hostRule(hosts), middlewares, service: name }],
      ...Object.keys(redirects).map((from) => {
        const redirect = `${name}_${from}`;
        return [
          redirect,
          { ...common, rule: hostRule([from]), middlewares: [redirect], service: name },
        ];
      }),
    ];
  });
  const redirects = published.flatMap(({ service, redirects }) =>
    Object.entries(redirects).map(([from, to]) => [
      `${stack}_${service}_${from}`,
      {
        redirectRegex: {
          regex: "^https?://[^/]+/(.*)",
          replacement: `https://${to}${shownPort}/$\{1}`,
          permanent: true,
        },
      },
    ]),
  );
  return file(args, {
    routers: Object.fromEntries(routers),
    middlewares: {
      [`${stack}_release`]: releaseHeader(release),
      ...locks,
      ...Object.fromEntries(redirects),
    },
    services: servicesPlace,
    serversTransports: { [stack]: transport },
  });
}

/**
 * The switch's own way to a release that serves nobody else yet, or only behind a password or a page: for requests
 * whose header `X-Slipway-Probe` holds the token that the switch puts in the place of `@token@`.
 */
export function probeRoutes(args: EdgeRoutesArgs): string {
  const { stack, release, routes } = args;
  const published = routes.filter((route) => route.hosts.length > 0);
  if (published.length === 0) return "";
  const routers = published.map(({ service, hosts }) => [
    `${stack}__${service}`,
    {
      rule: `(${hostRule(hosts)}) && Header(\`X-Slipway-Probe\`, \`@token@\`)`,
      entryPoints: ["websecure"],
      priority: 2_000_000,
      middlewares: [`${stack}__release`],
      service: `${stack}__${service}`,
      tls: tlsOf(args),
    },
  ]);
  const services = published.map(({ service, port, replicas }) => [
    `${stack}__${service}`,
    {
      loadBalancer: {
        serversTransport: `${stack}__`,
        servers: Array.from({ length: replicas }, (_, index) => ({
          url: `http://${service}-${release}-${index + 1}:${port}`,
        })),
      },
    },
  ]);
  return file(args, {
    routers: Object.fromEntries(routers),
    middlewares: { [`${stack}__release`]: releaseHeader(release) },
    services: Object.fromEntries(services),
    serversTransports: { [`${stack}__`]: transport },
  });
}

function hostRule(hosts: string[]): string {
  return hosts.map((host) => `Host(\`${host}\`)`).join(" || ");
}

function releaseHeader(release: string) {
  return { headers: { customResponseHeaders: { "X-Slipway-Release": release } } };
}

function tlsOf({ certificates }: EdgeRoutesArgs) {
  return certificates === "acme" ? { certResolver: "acme" } : {};
}

function locksOf(stack: string, { byPassword, addresses }: Access): Record<string, unknown> {
  return {
    ...(addresses.length > 0
      ? { [`${stack}_addresses`]: { ipAllowList: { sourceRange: addresses } } }
      : {}),
    ...(byPassword
      ? {
          [`${stack}_users`]: {
            basicAuth: { usersFile: `${environmentDirectory(stack)}/users`, removeHeader: true },
          },
        }
      : {}),
  };
}

/** JSON is YAML, and every deploy would wait for a library to load. */
function file({ stack, certificates }: EdgeRoutesArgs, http: Record<string, unknown>): string {
  const directory = environmentDirectory(stack);
  const own = { certFile: `${directory}/certificate.pem`, keyFile: `${directory}/key.pem` };
  const tls = certificates === "provided" ? { tls: { certificates: [own] } } : {};
  return `${JSON.stringify({ http, ...tls }, null, 2)}\n`;
}

function environmentDirectory(stack: string): string {
  return `/etc/slipway/certificates/${stack}`;
}
