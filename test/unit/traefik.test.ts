import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { edgeFiles, environmentFiles } from "../../components/edge-files.ts";
import { type TraefikArgs, traefik } from "../../components/traefik.ts";
import { host } from "./environment.ts";
import { record } from "./record.ts";

const recorder = await record();
const args: TraefikArgs = {
  ...{ host, stack: "production", edge: "front", memoryMegabytes: 192, maxHeaderKilobytes: 32 },
  image: `sha256:${"3".repeat(64)}`,
  ...{ address: "192.0.2.7", ipv6: false, httpPort: 80, httpsPort: 443 },
};

beforeAll(async () => {
  traefik("edge-server", args);
  traefik("public-server", {
    ...args,
    edge: "public",
    ...{ address: "0.0.0.0", ipv6: true, httpsPort: 8443 },
    acme: {
      email: "ops@example.com",
      challenge: "http",
      certificateHours: 2160,
      directory: ".acme",
    },
  });
  await recorder.wait();
});

test("it publishes its two ports on the address of the host, and nothing that is for itself", () => {
  expect(recorder.named("edge-server").inputs.ports).toEqual([
    { internal: 8080, external: 80, ip: "192.0.2.7", protocol: "tcp" },
    { internal: 8443, external: 443, ip: "192.0.2.7", protocol: "tcp" },
  ]);
  expect(recorder.named("public-server").inputs.ports).toEqual(
    ["0.0.0.0", "::"].flatMap((ip) => [
      { internal: 8080, external: 80, ip, protocol: "tcp" },
      { internal: 8443, external: 8443, ip, protocol: "tcp" },
    ]),
  );
  expect(recorder.named("edge-server").inputs.command).toContain(
    "--entryPoints.internal.address=127.0.0.1:8082",
  );
});

test("it reads files and knows nothing of Docker", () => {
  const { command, volumes } = recorder.named("edge-server").inputs;
  expect(command).toContain("--providers.file.watch=true");
  expect(command.join(" ")).not.toContain("providers.docker");
  expect(JSON.stringify(volumes)).not.toContain("docker.sock");
});

test("a change of a file is served at once, since an undo may follow it", () => {
  expect(recorder.named("edge-server").inputs.command).toContain(
    "--providers.providersThrottleDuration=100ms",
  );
});

test("plain HTTP is sent on to the public port of HTTPS", () => {
  const redirection = "--entryPoints.web.http.redirections.entryPoint.to";
  expect(recorder.named("edge-server").inputs.command).toContain(`${redirection}=:443`);
  expect(recorder.named("public-server").inputs.command).toContain(`${redirection}=:8443`);
});

test("only with a mail address is a public authority asked for certificates", () => {
  const acme = (name: string) =>
    recorder.named(name).inputs.command.filter((flag: string) => flag.includes("acme"));
  expect(acme("edge-server")).toEqual([]);
  expect(acme("public-server")).toContain(
    "--certificatesResolvers.acme.acme.email=ops@example.com",
  );
});

test("it can write nothing but the certificates that it obtained", () => {
  const { volumes } = recorder.named("edge-server").inputs;
  const writable = volumes.filter((each: { readOnly?: boolean }) => !each.readOnly);
  expect(writable).toEqual([
    { hostPath: "/var/lib/slipway/edges/front/acme", containerPath: "/var/lib/slipway/acme" },
  ]);
});

test("a name that no environment has gets no certificate, and old TLS none at all", () => {
  const file = edgeFiles().find(({ path }) => path === "dynamic/tls.yml");
  const options = parse(file?.kind === "file" ? String(file.content) : "");
  expect(options.tls.options.default).toMatchObject({
    minVersion: "VersionTLS12",
    sniStrict: true,
  });
});

test("TLS is that of Mozilla's intermediate profile, as far as Go has it", () => {
  const file = edgeFiles().find(({ path }) => path === "dynamic/tls.yml");
  const options = parse(file?.kind === "file" ? String(file.content) : "").tls.options.default;
  expect(options.curvePreferences).toEqual(["X25519MLKEM768", "X25519", "CurveP256", "CurveP384"]);
  const ciphers = ["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256"];
  expect(options.cipherSuites).toEqual(
    ciphers.flatMap((cipher) => ["ECDSA", "RSA"].map((key) => `TLS_ECDHE_${key}_WITH_${cipher}`)),
  );
});

test("what the headers of a request may take holds for both ports", () => {
  const { command } = recorder.named("edge-server").inputs;
  for (const entry of ["web", "websecure"])
    expect(command).toContain(`--entryPoints.${entry}.http.maxHeaderBytes=32768`);
});

test("the key of a certificate is for the edge alone", () => {
  const secrets = { certificate: "chain", key: "key" };
  const files = environmentFiles("certificates/staging", secrets);
  const owner = "65532:65532";
  expect(files).toEqual([
    { kind: "directory", path: "certificates/staging", mode: "0500", owner },
    ...["certificate", "key"].map((name) => ({
      ...{ kind: "file", path: `certificates/staging/${name}.pem`, owner },
      ...(name === "key" ? { mode: "0400", content: "key" } : { mode: "0444", content: "chain" }),
    })),
  ]);
});

test("so are the passwords of those who may ask; who has no secret has no directory", () => {
  const [, users] = environmentFiles(".", { users: "ada:hash" });
  expect(users).toMatchObject({ path: "./users", mode: "0400", owner: "65532:65532" });
  expect(environmentFiles(".", { users: undefined })).toEqual([]);
});

test("it is made beside the one that serves, and starts when that makes way", () => {
  const { inputs } = recorder.named("edge-server");
  expect(inputs).toMatchObject({ start: false, mustRun: false });
  expect(inputs.name).toBeUndefined();
});

test("two edges of a host share nothing", () => {
  const [front, open] = [recorder.named("edge-server"), recorder.named("public-server")];
  expect(JSON.stringify(front.inputs.volumes)).not.toContain("public");
  expect(JSON.stringify(open.inputs)).not.toContain("front");
});
