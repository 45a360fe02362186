import { serversOf } from "./platform.ts";
import { type Mistake, rule } from "./rule.ts";

/** What the host needs, and the servers beside the application of each other. */
export const platformRules = [
  rule(["host"], ({ host: { address, hostKey, privateKey } }): Mistake[] => {
    if (address === undefined) {
      return Object.entries({ hostKey, privateKey })
        .filter(([, value]) => value !== undefined)
        .map(([key]) => ({
          path: ["host", key],
          allowed:
            "nothing without host.address: this machine is the host, and is not reached by SSH",
          example: "remove",
        }));
    }
    if (hostKey !== undefined) return [];
    return [
      {
        path: ["host", "hostKey"],
        allowed:
          "the host's public key, which the provider's console shows, since host.address is there (ssh-keyscan -t ed25519 ADDRESS prints what the host says of itself)",
        example: { value: "ssh-ed25519 AAAA..." },
      },
    ];
  }),

  rule(["images", "postgres", "redis", "edge", "backups"], (settings) => {
    const { images, postgres } = settings;
    return serversOf(settings)
      .filter((server) => !images[server])
      .map((server) => ({
        path: ["images", server],
        allowed: `an image by digest, since ${server === "postgres" && postgres.mode === "managed" ? "its pg_dump saves the managed server, unless backups.enabled is false" : "this stack runs its own server"} (npm run images -- --stack STACK pins all of them)`,
        example: { value: `registry.example.com/${server}@sha256:<64 hex digits>` },
      }));
  }),

  rule(["edge"], ({ edge }) =>
    edge.httpPort === edge.httpsPort
      ? [
          {
            path: ["edge", "httpsPort"],
            allowed: "another port than edge.httpPort",
            example: { value: edge.httpPort === 443 ? "8443" : "443" },
          },
        ]
      : [],
  ),

  rule(["edge", "tls"], ({ edge, tls }): Mistake[] => {
    if (edge.certificates === "provided" && !tls) {
      return ["certificate", "key"].map((part) => ({
        path: ["tls", part],
        allowed: `the ${part} in PEM, since edge.certificates is provided`,
        example: { file: `${part}.pem` },
      }));
    }
    if (edge.certificates === "acme" && tls) {
      return [
        {
          path: ["edge", "certificates"],
          allowed: "provided, since there is a certificate under tls",
          example: { value: "provided" },
        },
      ];
    }
    return [];
  }),

  rule(["edge"], ({ edge }) =>
    edge.mode === "own" && edge.certificates === "acme" && !edge.email
      ? [
          {
            path: ["edge", "email"],
            allowed: "a mail address, since edge.certificates is acme",
            example: { value: "ops@example.com" },
          },
        ]
      : [],
  ),

  rule(["edge"], ({ edge }): Mistake[] => {
    if (edge.mode !== "own") return [];
    const { challenge, dns } = edge.acme;
    if (challenge === "dns" && !dns) {
      return [
        {
          path: ["edge", "acme", "dns", "provider"],
          allowed: "who writes the records of DNS, since edge.acme.challenge is dns",
          example: { value: "cloudflare" },
        },
      ];
    }
    if (challenge === "dns" || !dns) return [];
    return [
      {
        path: ["edge", "acme", "dns"],
        allowed: "nothing, since edge.acme.challenge is not dns",
        example: "remove",
      },
    ];
  }),

  rule(["http"], ({ http: { hsts } }) =>
    hsts.preload && !(hsts.subdomains && hsts.seconds >= 31_536_000)
      ? [
          {
            path: ["http", "hsts", "preload"],
            allowed:
              "false, since browsers take up no name whose http.hsts.subdomains is false or whose http.hsts.seconds are less than 31536000",
            example: { value: "false" },
          },
        ]
      : [],
  ),

  rule(["workers", "beat", "redis"], ({ workers, beat, redis }) =>
    redis.mode === "none" && (Object.keys(workers).length > 0 || beat.enabled)
      ? [
          {
            path: ["redis", "mode"],
            allowed: "own or managed, since workers and beat need a broker",
            example: { value: "own" },
          },
        ]
      : [],
  ),

  rule(["migration", "postgres"], ({ migration, postgres }) =>
    migration.enabled && postgres.mode === "none"
      ? [
          {
            path: ["migration", "enabled"],
            allowed: "false, since there is no Postgres to migrate",
            example: { value: "false" },
          },
        ]
      : [],
  ),
];
