import { X509Certificate } from "node:crypto";
import { hostNamesOf, type Mistake, rule } from "./rule.ts";

const example = { file: "certificate.pem" };

/** A certificate that is given has to serve every host name, from now on. */
export const certificateRules = [
  rule(["tls", "services"], ({ tls, services }): Mistake[] => {
    if (!tls) return [];
    const path = ["tls", "certificate"];
    const certificate = read(tls.certificate);
    if (!certificate) {
      return [{ path, allowed: "a certificate that can be read, the server's own first", example }];
    }
    const { validTo } = certificate;
    const others = hostNamesOf({ services }).filter(
      (host) => certificate.checkHost(host) === undefined,
    );
    return [
      ...(Date.parse(validTo) < Date.now()
        ? [
            {
              path,
              allowed: `a certificate that is still valid: this one ended ${validTo}`,
              example,
            },
          ]
        : []),
      ...(others.length > 0
        ? [{ path, allowed: `a certificate for ${others.join(", ")} as well`, example }]
        : []),
    ];
  }),
];

function read(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
