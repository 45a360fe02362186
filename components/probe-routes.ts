import { type EdgeRoutesArgs, hostRule, routesFile, tlsOf, transport } from "./edge-routes.ts";

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
  return routesFile(args, {
    routers: Object.fromEntries(routers),
    middlewares: {
      [`${stack}__release`]: {
        headers: { customResponseHeaders: { "X-Slipway-Release": release } },
      },
    },
    services: Object.fromEntries(services),
    serversTransports: { [`${stack}__`]: transport },
  });
}
