import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse, parseDocument } from "yaml";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { issueCertificate } from "../../scripts/local-certificate.ts";
import { startVps, type Vps } from "../../scripts/vps/vps.ts";
import { removeImages, smallImage } from "../small-image.ts";
import { docker, until } from "../throw-away.ts";

const root = join(import.meta.dirname, "../..");
const stack = `vps-${process.pid.toString(36)}`;
const configFile = join(root, `Pulumi.${stack}.yaml`);
const states = mkdtempSync(join(tmpdir(), "slipway-states-"));
let vps: Vps;
/** An image that the server has, which answers on port 8000. */
let served: string;
/** Control groups of this machine, which a server in a container shares. */
const hierarchies = () => readFileSync("/proc/self/cgroup", "utf8").replaceAll(/:[^:]*$/gm, "");
const before = hierarchies();

beforeAll(async () => {
  vps = await startVps();
});
afterAll(async () => {
  await vps?.stop();
  expect(hierarchies()).toBe(before);
  for (const path of [configFile, states, join(root, ".slipway", stack)])
    rmSync(path, { recursive: true, force: true });
});

function script(name: string, ...words: string[]) {
  return execa("node", [join(root, "scripts", name), ...words], {
    ...{ cwd: root, preferLocal: true, localDir: root, all: true, reject: false, stdin: "ignore" },
    env: { PATH: `${vps.path}:${process.env.PATH}`, PULUMI_BACKEND_URL: `file://${states}` },
  });
}

const prepare = (...words: string[]) =>
  script("prepare-host.ts", "--stack", stack, ...words, `root@127.0.0.1:${vps.sshPort}`);

it("a new stack gets a passphrase, a file, a state and keys, once", async () => {
  const first = await script("init-stack.ts", stack);
  expect(first.exitCode, first.all).toBe(0);
  expect(first.stdout.match(/^made /gm)).toHaveLength(5);
  const written = readFileSync(configFile, "utf8");
  const second = await script("init-stack.ts", stack);
  expect(second.stdout.match(/^there /gm)).toHaveLength(5);
  expect(readFileSync(configFile, "utf8")).toBe(written);
  const keys = [first, second].map(({ stdout }) => /^ssh-ed25519 .*$/m.exec(stdout)?.[0]);
  expect(keys[1]).toBe(keys[0]);
});

it("what cannot be a server, or a stack that has no key, is refused before anything is asked", async () => {
  const to = (name: string, server: string) => script("prepare-host.ts", "--stack", name, server);
  expect((await to(stack, "root@-oProxyCommand=false")).all).toContain(
    "the server is missing; type:",
  );
  expect((await to("staging", "root@192.0.2.1")).all).toContain("npm run init-stack -- staging");
});

it("a bare server is made ready, which a look before says it is not, and a second time nothing changes", async () => {
  const look = await prepare("--check");
  expect(look.exitCode).not.toBe(0);
  expect(look.all).toMatch(/^missing {2}packages: .*docker\.io/m);

  const { exitCode, all } = await prepare();
  expect(exitCode, all).toBe(0);
  expect(all).toMatch(/^changed {2}packages/m);
  expect(all).toMatch(/^the server has IPv6/m);
  const host = parse(readFileSync(configFile, "utf8")).config["slipway:host"];
  expect(host).toMatchObject({ address: "127.0.0.1", user: "deploy", port: vps.sshPort });

  const again = await prepare();
  expect(again.exitCode, again.all).toBe(0);
  expect(again.all).not.toMatch(/^changed|Failed/m);
  const check = await prepare("--check");
  expect(check.exitCode, check.all).toBe(0);
});

it("SSH takes keys alone, and who deploys may drive the engine", async () => {
  const effective = await vps.run("sshd", "-T");
  expect(effective).toContain("passwordauthentication no");
  expect(effective).toContain("kbdinteractiveauthentication no");
  expect(await vps.run("su", "deploy", "-c", "docker version --format '{{.Server.Os}}'")).toBe(
    "linux",
  );
  expect(await vps.run("su", "deploy", "-c", "stat -c %a ~/.ssh/authorized_keys")).toBe("600");
});

it("a port that Docker publishes is not to be reached from outside, and the edge's are", async () => {
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  served = await smallImage(helper, "published");
  const archive = join(states, "image.tar");
  await docker("save", "--output", archive, served);
  await vps.load(archive);
  await removeImages(served);
  const publish = (port: number) =>
    vps.run("docker", "run", "--detach", "--publish", `${port}:8000`, served);
  const [secret, open] = [await publish(9000), await publish(80)];
  const ask = (port: number) =>
    execa("curl", ["--silent", "--max-time", "2", `http://${vps.address}:${port}/`], {
      reject: false,
    });
  await until(async () => ((await ask(80)).failed ? undefined : true));
  expect((await ask(80)).stdout).toBe("published");
  expect((await ask(9000)).exitCode).toBe(28);
  expect((await execa("curl", ["-s", `http://127.0.0.1:${vps.httpPort}/`])).stdout).toBe(
    "published",
  );

  await vps.run("systemctl", "stop", "slipway-firewall.service");
  expect((await ask(9000)).stdout).toBe("published");
  await vps.run("systemctl", "start", "slipway-firewall.service");
  expect((await ask(9000)).exitCode).toBe(28);

  // With live-restore they do not stop with the engine.
  const started = () =>
    vps.run("docker", "inspect", "--format", "{{.State.StartedAt}}", secret, open);
  const before = await started();
  await vps.run("systemctl", "restart", "docker.service");
  expect(await started()).toBe(before);
  expect((await ask(9000)).exitCode).toBe(28);
  await vps.run("docker", "rm", "--force", secret, open);
});

it("networks do not meet while Docker puts the rule that keeps them apart in anew", async () => {
  const run = (...words: string[]) => vps.run("docker", ...words);
  for (const network of ["here", "there"]) await run("network", "create", network);
  const server = await run("run", "--detach", "--network", "there", served);
  const format = "{{.NetworkSettings.Networks.there.IPAddress}}";
  const at = await run("inspect", "--format", format, server);
  const words = ["wget", "-q", "-O-", "-T2", `http://${at}:8000/`];
  const ask = (network: string) => run("run", "--rm", "--network", network, served, ...words);
  const rule = ["FORWARD", "--jump", "DOCKER-ISOLATION-STAGE-1"];
  await vps.run("iptables", "--delete", ...rule);
  await until(async () => (await ask("there").catch(() => "")) === "published" || undefined);
  await expect(ask("here")).rejects.toThrow("timed out");
  await vps.run("systemctl", "stop", "slipway-firewall.service");
  expect(await ask("here")).toBe("published");
  await vps.run("systemctl", "start", "slipway-firewall.service");
  await vps.run("iptables", "--insert", ...rule);
  await run("rm", "--force", server);
  await run("network", "rm", "here", "there");
});

it("a deploy goes there, with images of this machine", async () => {
  const { helper, traefik } = await resolveImages({ detail: () => {}, note: console.info });
  const image = await smallImage(helper, "over there");
  const authority = join(states, "authority");
  const files = { certificateFile: `${authority}.pem`, keyFile: `${authority}.key` };
  const tls = await issueCertificate(["erp.test"], files);
  const config = parseDocument(readFileSync(configFile, "utf8"));
  const none = { mode: "none" };
  const settings = {
    ...{ transport: "copy", images: { helper, traefik }, postgres: none, redis: none, app: {} },
    ...{
      edge: { mode: "own", ipv6: true, certificates: "provided" },
      tls,
      deploy: { soakSeconds: 0 },
    },
    services: {
      web: { image, port: 8000, hosts: ["erp.test"], probes: { liveness: "/", readiness: "/" } },
    },
  };
  for (const [key, value] of Object.entries(settings))
    config.setIn(["config", `slipway:${key}`], config.createNode(value));
  for (const absent of ["settings", "secrets", "workers", "beat", "migration"])
    config.deleteIn(["config", `slipway:${absent}`]);
  writeFileSync(configFile, config.toString());

  const up = await script("run-pulumi.ts", "--stack", stack, "up", "--yes", "--skip-preview");
  expect(up.exitCode, up.all).toBe(0);
  const words = ["--silent", "--cacert", files.certificateFile];
  const route = ["--resolve", `erp.test:${vps.httpsPort}:127.0.0.1`];
  const answer = await execa("curl", [...words, ...route, `https://erp.test:${vps.httpsPort}/`]);
  expect(answer.stdout).toBe("over there");
  const status = await script("show-status.ts", "--stack", stack);
  expect(status.all).toMatch(/web.*running/);
  const recovered = await script("recover-stack.ts", "--stack", stack);
  expect(recovered.all).toMatch(/release [0-9a-f]{8} serves/);
  await removeImages(image);
});

/** Asks as who says that he is somebody else. */
async function askFromOutside(address: string, path: string): Promise<string> {
  const route = ["--resolve", `erp.test:443:${address}`, `https://erp.test${path}`];
  const pretence = ["X-Forwarded-For", "X-Real-Ip"].flatMap((name) => ["-H", `${name}: 192.0.2.9`]);
  const words = ["--silent", "--max-time", "5", "--cacert", join(states, "authority.pem")];
  const shown = ["--write-out", "\nstatus %{http_code} from %{local_ip}\n"];
  return (await execa("curl", [...words, ...shown, ...pretence, ...route])).stdout;
}

it("a client's true address is seen, by IPv4 and by IPv6, by the application and by the list of who may ask", async () => {
  const addresses = [vps.address, `[${vps.ipv6Address}]`];
  const clients: string[] = [];
  for (const address of addresses) {
    const answer = await askFromOutside(address, "/cgi-bin/headers");
    const client = /^status 200 from (.*)$/m.exec(answer)?.[1] ?? "none";
    for (const header of ["HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP"])
      expect(answer).toMatch(new RegExp(`^${header}=${client}$`, "m"));
    clients.push(client);
  }
  expect(clients[1]).toMatch(/^fd00:/);
  for (const [index, client] of clients.entries()) {
    const config = parseDocument(readFileSync(configFile, "utf8"));
    config.setIn(["config", "slipway:access"], config.createNode({ addresses: [client] }));
    writeFileSync(configFile, config.toString());
    const up = await script("run-pulumi.ts", "--stack", stack, "up", "--yes", "--skip-preview");
    expect(up.exitCode, up.all).toBe(0);
    const answers = await Promise.all(addresses.map((address) => askFromOutside(address, "/")));
    expect(answers.map((answer) => answer.includes("status 200"))).toEqual([
      index === 0,
      index === 1,
    ]);
  }
});

it("the engine is set up as the CIS Docker Benchmark wants it", async () => {
  const info = JSON.parse(await vps.run("docker", "info", "--format", "{{json .}}"));
  expect(info).toMatchObject({ LiveRestoreEnabled: true, LoggingDriver: "json-file" });
  expect(info.SecurityOptions.join()).toContain("no-new-privileges");
  const settings = JSON.parse(await vps.run("cat", "/etc/docker/daemon.json"));
  expect(settings).toMatchObject({ icc: false, "userland-proxy": false, ip6tables: true });
  expect(settings["log-opts"]).toEqual({ "max-size": "10m", "max-file": "3" });
  const bridge = JSON.parse(await vps.run("docker", "network", "inspect", "bridge"))[0];
  expect(bridge.Options["com.docker.network.bridge.enable_icc"]).toBe("false");
  expect(await vps.run("stat", "-c", "%a %U:%G", "/run/docker.sock")).toBe("660 root:docker");
  // It keeps the ports of the edge, and listens for nobody itself.
  const listening = await vps.run("sh", "-c", "ss -Hltnp | grep dockerd | awk '{ print $4 }'");
  expect([...new Set(listening.match(/\d+$/gm))].sort()).toEqual(["443", "80"]);
});
