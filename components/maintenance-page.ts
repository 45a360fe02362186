import { addressToAsk } from "./edge-files.ts";

export interface MaintenancePageArgs {
  stack: string;
  /** Name of the edge. */
  edge: string;
  /** Address of the host where the edge listens. */
  address: string;
  httpsPort: number;
  /** Host names that the page stands before. */
  hosts: string[];
  /** When clients are told to come again. Defaults to 300. */
  retryAfterSeconds?: number;
}

/** The variables that scripts/host/maintenance/page.sh has beside STACK. */
export function maintenancePage(args: MaintenancePageArgs): Record<string, string> {
  const { stack, edge, address, httpsPort, hosts, retryAfterSeconds = 300 } = args;
  return {
    EDGE_NETWORK: `slipway-${stack}-edge`,
    EDGE_ADDRESS: addressToAsk(address),
    EDGE_PORT: String(httpsPort),
    ROUTES_FILE: `edges/${edge}/dynamic/${stack}-maintenance.yml`,
    ROUTES: routes(stack, hosts, retryAfterSeconds),
    PAGE: page,
    HOSTS: hosts.join("\n"),
  };
}

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Down for maintenance</title>
<body style="font:1.1rem/1.6 system-ui;max-width:34rem;margin:20vh auto;padding:0 1rem">
<h1>Down for maintenance</h1><p>We are working on it and will be back shortly.</p>`;

/** A service without servers answers 503 by itself; the page takes the place of what it says. */
function routes(stack: string, hosts: string[], retryAfterSeconds: number): string {
  const name = `${stack}-maintenance`;
  const file = {
    http: {
      routers: {
        [name]: {
          rule: hosts.map((host) => `Host(\`${host}\`)`).join(" || "),
          entryPoints: ["websecure"],
          priority: 1_000_000,
          middlewares: [`${name}-retry`, `${name}-page`],
          service: `${name}-closed`,
          tls: {},
        },
      },
      middlewares: {
        [`${name}-retry`]: {
          headers: {
            customResponseHeaders: {
              "Retry-After": String(retryAfterSeconds),
              "Cache-Control": "no-store",
              // Tells this 503 from one that a service without servers answers.
              "X-Slipway-Maintenance": "on",
            },
          },
        },
        [`${name}-page`]: {
          errors: { status: ["503"], service: `${name}-page`, query: "/index.html" },
        },
      },
      services: {
        [`${name}-closed`]: { loadBalancer: { servers: [] } },
        [`${name}-page`]: {
          loadBalancer: { servers: [{ url: `http://maintenance-${stack}:8080` }] },
        },
      },
    },
  };
  // JSON is YAML, and every deploy would wait for a library to load.
  return JSON.stringify(file, null, 2);
}
