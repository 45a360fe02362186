export interface Route {
  service: string;
  hosts: string[];
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
}

/**
 * What the edge reads of one environment: its file in the watched directory. Every name begins with the stack's and
 * has its parts joined by what none of them can hold, since Traefik silently drops the second of two equal names.
 * The header `X-Slipway-Release` names who answered.
 */
export function edgeRoutes({
  stack,
  release,
  routes,
  httpsPort,
  certificates,
}: EdgeRoutesArgs): string {
  const tls = certificates === "acme" ? { certResolver: "acme" } : {};
  const published = routes.filter((route) => route.hosts.length > 0);
  const directory = `/etc/slipway/certificates/${stack}`;
  const shownPort = httpsPort === 443 ? "" : `:${httpsPort}`;

  const routers = published.flatMap(({ service, hosts, redirects }) => [
    [
      `${stack}_${service}`,
      {
        rule: hosts.map((host) => `Host(\`${host}\`)`).join(" || "),
        entryPoints: ["websecure"],
        middlewares: [`${stack}_release`],
        service: `${stack}_${service}`,
        tls,
      },
    ],
    ...Object.keys(redirects).map((from) => [
      `${stack}_${service}_${from}`,
      {
        rule: `Host(\`${from}\`)`,
        entryPoints: ["websecure"],
        middlewares: [`${stack}_${service}_${from}`],
        service: `${stack}_${service}`,
        tls,
      },
    ]),
  ]);
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
  const services = published.map(({ service, port, replicas }) => [
    `${stack}_${service}`,
    {
      loadBalancer: {
        servers: Array.from({ length: replicas }, (_, index) => ({
          url: `http://${service}-${release}-${index + 1}:${port}`,
        })),
      },
    },
  ]);
  if (routers.length === 0) return `# ${stack} ${release} publishes nothing\n`;
  const file = {
    http: {
      routers: Object.fromEntries(routers),
      middlewares: {
        [`${stack}_release`]: {
          headers: { customResponseHeaders: { "X-Slipway-Release": release } },
        },
        ...Object.fromEntries(redirects),
      },
      services: Object.fromEntries(services),
    },
    ...(certificates === "provided"
      ? {
          tls: {
            certificates: [
              { certFile: `${directory}/certificate.pem`, keyFile: `${directory}/key.pem` },
            ],
          },
        }
      : {}),
  };
  // JSON is YAML, and every deploy would wait for a library to load.
  return `${JSON.stringify(file, null, 2)}\n`;
}
