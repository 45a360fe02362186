import { type Mistake, rule } from "./rule.ts";

/** What services answer to, from outside. */
export const routeRules = [
  rule(["services"], ({ services }) => {
    const owners = new Map<string, string>();
    const mistakes: Mistake[] = [];
    for (const [name, { hosts, redirects }] of Object.entries(services)) {
      const claims: [string, Mistake["path"]][] = [
        ...hosts.map((host, index): [string, Mistake["path"]] => [
          host,
          ["services", name, "hosts", index],
        ]),
        ...Object.keys(redirects).map((host): [string, Mistake["path"]] => [
          host,
          ["services", name, "redirects", host],
        ]),
      ];
      for (const [host, path] of claims) {
        const owner = owners.get(host);
        if (owner) {
          const allowed = `a host name of its own; ${host} belongs to services.${owner} already`;
          mistakes.push({ path, allowed, example: "remove" });
        }
        owners.set(host, name);
      }
    }
    return mistakes;
  }),

  rule(["services"], ({ services }) =>
    Object.entries(services).flatMap(([name, { hosts, redirects }]) =>
      Object.entries(redirects)
        .filter(([, to]) => !hosts.includes(to))
        .map(([from]) => ({
          path: ["services", name, "redirects", from],
          allowed: `one of services.${name}.hosts${hosts.length > 0 ? `: ${hosts.join(", ")}` : ", and there is none"}`,
          example: hosts[0] ? { value: hosts[0] } : "remove",
        })),
    ),
  ),

  rule(["services"], ({ services }) =>
    Object.entries(services)
      .filter(([, { hosts, probes }]) => probes.smoke.length > 0 && hosts.length === 0)
      .map(([name]) => ({
        path: ["services", name, "hosts"],
        allowed: "at least one host name, since the smoke paths are asked over the public route",
        example: { value: "erp.example.com", under: "[0]" },
      })),
  ),
];
