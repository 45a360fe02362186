import {
  type Access,
  answerHeaders,
  bodyLimit,
  type HttpPolicy,
  hiddenPaths,
  limitsOf,
} from "./edge-limits.ts";

export interface Route {
  service: string;
  hosts: string[];
  /** Paths that nobody is led to, with all that lies under them. */
  hidden: string[];
  /** Host names that are sent on, each to one of `hosts`. */
  redirects: Record<string, string>;
  port: number;
  replicas: number;
}

export interface EdgeRoutesArgs {
  stack: string;
  release: string;
  routes: Route[];
  httpsPort: number;
  /** `acme`: the edge obtains the certificates. `provided`: they lie in the environment's directory. */
  certificates: "acme" | "provided";
  access: Access;
  http: HttpPolicy;
}

/** Stands in a file for the definitions of services, which the switch makes: they change as traffic moves. */
const servicesPlace = "@services@";

/**
 * Idle: shorter than what application servers keep a connection for, since one that closes it in the moment of a request
 * fails that request. What is left of connections to an old release is at work, then. Dial: a container that is gone does
 * not refuse, and Traefik would wait for 30 s; two packets may be lost.
 */
export const transport = { forwardingTimeouts: { idleConnTimeout: "500ms", dialTimeout: "4s" } };

/**
 * What the edge reads of one environment: its file in the watched directory. Every name begins with the stack's and
 * has its parts joined by what none of them can hold, since Traefik silently drops the second of two equal names.
 * The header `X-Slipway-Release` names who answered.
 */
export function edgeRoutes(args: EdgeRoutesArgs): string {
  const { stack, release, routes, access, http } = args;
  const shownPort = args.httpsPort === 443 ? "" : `:${args.httpsPort}`;
  const published = routes.filter((route) => route.hosts.length > 0);
  if (published.length === 0) return `# ${stack} ${release} publishes nothing\n`;
  const limits = limitsOf(stack, access, http);
  const password = passwordOf(stack, access);
  const body = http.maxBodyMegabytes ? bodyLimit(http.maxBodyMegabytes) : undefined;
  const common = { entryPoints: ["websecure"], tls: tlsOf(args) };
  // Whoever is sent on is asked for a password where he gets to.
  const first = [`${stack}_release`, ...Object.keys(limits)];
  const middlewares = [...first, ...Object.keys(password)];

  const routers = published.flatMap(({ service, hosts, redirects, hidden }) => {
    const name = `${stack}_${service}`;
    const rule = visibleRule(hosts, hidden);
    return [
      [name, { ...common, rule, middlewares, service: name }],
      ...(body
        ? [
            [
              `${name}__body`,
              {
                ...{ ...common, rule: `(${rule}) && ${body.rule}`, service: name },
                middlewares: [...middlewares, `${stack}_body`],
              },
            ],
          ]
        : []),
      ...Object.keys(redirects).map((from) => {
        const redirect = `${name}_${from}`;
        return [
          redirect,
          {
            ...{ ...common, rule: hostRule([from]), service: name },
            middlewares: [...first, redirect],
          },
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
  return routesFile(args, {
    routers: Object.fromEntries(routers),
    middlewares: {
      [`${stack}_release`]: answerHeaders(release, http),
      ...limits,
      ...password,
      ...(body ? { [`${stack}_body`]: body.middleware } : {}),
      ...Object.fromEntries(redirects),
    },
    services: servicesPlace,
    serversTransports: { [stack]: transport },
  });
}

export function hostRule(hosts: string[]): string {
  return hosts.map((host) => `Host(\`${host}\`)`).join(" || ");
}

/** What leads to no service is answered 404 by the edge itself. */
function visibleRule(hosts: string[], hidden: string[]): string {
  if (hidden.length === 0) return hostRule(hosts);
  return `(${hostRule(hosts)}) && !PathRegexp(\`${hiddenPaths(hidden)}\`)`;
}

export function tlsOf({ certificates }: EdgeRoutesArgs) {
  return certificates === "acme" ? { certResolver: "acme" } : {};
}

function passwordOf(stack: string, { byPassword }: Access): Record<string, unknown> {
  if (!byPassword) return {};
  const basicAuth = { usersFile: `${environmentDirectory(stack)}/users`, removeHeader: true };
  return { [`${stack}_users`]: { basicAuth } };
}

/** JSON is YAML, and every deploy would wait for a library to load. */
export function routesFile(
  { stack, certificates }: EdgeRoutesArgs,
  http: Record<string, unknown>,
): string {
  const directory = environmentDirectory(stack);
  const own = { certFile: `${directory}/certificate.pem`, keyFile: `${directory}/key.pem` };
  const tls = certificates === "provided" ? { tls: { certificates: [own] } } : {};
  return `${JSON.stringify({ http, ...tls }, null, 2)}\n`;
}

function environmentDirectory(stack: string): string {
  return `/etc/slipway/certificates/${stack}`;
}
