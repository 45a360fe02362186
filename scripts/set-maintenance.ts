import { stringify } from "yaml";
import { type Command, readCommandLine } from "./command-line.ts";
import { listContainers } from "./containers.ts";
import { readEnvironment, runOnHost } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";
import { liveRelease } from "./host-directory.ts";

const command: Command = {
  usage: "npm run maintenance -- on|off [--retry-after SECONDS] [--stack STACK]",
  about: "Puts a page with status 503 before everything that a stack publishes, and takes it away.",
  options: {
    "retry-after": {
      ...{ type: "string", value: "SECONDS", default: "300" },
      about: "when clients are told to come again",
    },
  },
  words: 1,
};

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Down for maintenance</title>
<body style="font:1.1rem/1.6 system-ui;max-width:34rem;margin:20vh auto;padding:0 1rem">
<h1>Down for maintenance</h1><p>We are working on it and will be back shortly.</p>`;

await runScript(async () => {
  const { stack, values, words } = readCommandLine(command);
  const [wanted] = words;
  if (wanted !== "on" && wanted !== "off")
    throw new Failure(`on or off is missing; type: ${command.usage}`);
  const retryAfter = Number(values["retry-after"]);
  if (!Number.isInteger(retryAfter) || retryAfter < 1) {
    throw new Failure(`--retry-after needs a number of seconds; type: ${command.usage}`);
  }
  const environment = readEnvironment(stack);
  const hosts = Object.values(environment.hosts).flat();
  const release = await liveRelease(environment, await listContainers(environment));
  if (!release || hosts.length === 0) {
    throw new Failure(`${stack} publishes nothing; type: npm run pulumi -- up --stack ${stack}`);
  }
  await runOnHost(environment, "maintenance", wanted === "on" ? "apply" : "remove", {
    STACK: stack,
    EDGE_NETWORK: `slipway-${stack}-edge`,
    ROUTES_FILE: `edges/${environment.edgeName}/dynamic/${stack}-maintenance.yml`,
    ROUTES: maintenanceRoutes(stack, hosts, retryAfter),
    PAGE: page,
    HOSTS: hosts.join("\n"),
    EDGE_ADDRESS: environment.edgeAddress,
    EDGE_PORT: String(environment.httpsPort),
  });
  console.log(
    wanted === "on"
      ? `${stack} answers 503 with a page on ${hosts.join(", ")}; end it with: npm run maintenance -- off --stack ${stack}`
      : `${stack} serves again`,
  );
});

/** A service without servers answers 503 by itself; the page takes the place of what it says. */
function maintenanceRoutes(stack: string, hosts: string[], retryAfterSeconds: number): string {
  const name = `${stack}-maintenance`;
  return stringify({
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
  });
}
