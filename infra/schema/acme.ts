import * as field from "./fields.ts";
import * as name from "./names.ts";
import { choice, list, map, section } from "./shapes.ts";

/** Records that the authority looks for, and who writes them; lego knows the providers. */
const acmeDns = section({
  provider: name.dnsProvider,
  credentials: map(
    name.variable,
    field.text,
    "a map from the variables that the provider reads to their values",
  ).default({}),
  resolvers: list(
    field.resolver,
    "a list of name servers, each an IP address with its port",
    "1.1.1.1:53",
  ).default([]),
  propagationSeconds: field.duration.optional(),
});

/** The authority that the edge obtains certificates from, and how it is shown that a host name leads there. */
export const acme = section({
  challenge: choice("http", "tls", "dns").default("http"),
  server: field.acmeServer.optional(),
  caCertificate: field.certificate.optional(),
  certificateHours: field.certificateHours.default(2160),
  dns: acmeDns.optional(),
});
