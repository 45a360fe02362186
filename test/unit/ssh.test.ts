import { execa } from "execa";
import { expect, test } from "vitest";
import { type Ssh, sharedSshOptions, sshCommand, sshEngine } from "../../components/ssh.ts";
import { sshProblem } from "../../components/ssh-problem.ts";

const ssh: Ssh = {
  ...{ address: "203.0.113.10", user: "deploy", port: 2222 },
  hostKey: `ssh-ed25519 ${"A".repeat(68)}`,
};

/** As the client understands its options. */
async function understood(host: Ssh): Promise<string[]> {
  const [program, ...words] = sshCommand(host);
  const { stdout } = await execa(program, ["-G", ...words]);
  return stdout.split("\n");
}

test("the client takes the pinned key and no other, and asks nobody", async () => {
  expect(await understood(ssh)).toEqual(
    expect.arrayContaining([
      ...["hostname 203.0.113.10", "user deploy", "port 2222", "batchmode yes"],
      ...["stricthostkeychecking true", "hostkeyalias slipway", "hostkeyalgorithms ssh-ed25519"],
      ...["userknownhostsfile /dev/null", "globalknownhostsfile /dev/null"],
      `knownhostscommand /bin/echo slipway ${ssh.hostKey}`,
    ]),
  );
});

test("a private key of the configuration is the only one that is tried", async () => {
  const keyFile = ".slipway/production/ssh_key";
  expect(await understood({ ...ssh, keyFile })).toEqual(
    expect.arrayContaining(["identitiesonly yes", `identityfile ${keyFile}`]),
  );
  expect(await understood(ssh)).toContain("identitiesonly no");
});

test("an RSA key may sign in the ways of today", async () => {
  const rsa = { ...ssh, hostKey: `ssh-rsa ${"A".repeat(372)}` };
  expect(await understood(rsa)).toContain("hostkeyalgorithms rsa-sha2-512,rsa-sha2-256");
});

test("another pinned key is another connection, which an open one of before does not stand for", () => {
  const pathOf = (host: Ssh) =>
    sharedSshOptions(host).find((word) => word.startsWith("ControlPath="));
  expect(pathOf({ ...ssh, hostKey: `ssh-ed25519 ${"B".repeat(68)}` })).not.toBe(pathOf(ssh));
  expect(pathOf({ ...ssh })).toBe(pathOf(ssh));
});

test("an IPv6 address stands in brackets", () => {
  expect(sshEngine({ ...ssh, address: "2001:db8::1" })).toBe("ssh://deploy@[2001:db8::1]:2222");
});

test.each([
  [
    "No ED25519 host key is known for slipway and you have requested strict checking.",
    /another key/,
  ],
  ["Host key verification failed.", /ssh-keyscan -p 2222 203\.0\.113\.10/],
  [
    "deploy@203.0.113.10: Permission denied (publickey).",
    /does not let deploy in by any key of the/,
  ],
  ["ssh: connect to host 203.0.113.10 port 2222: Connection refused", /does not answer to SSH/],
  ["kex_exchange_identification: Connection closed by remote host", /does not answer to SSH/],
])("%s", (said, told) => {
  expect(sshProblem(ssh, said)).toMatch(told);
});

test("what a script or Docker says is none of SSH's problems", () => {
  const socket = "permission denied while trying to connect to the Docker daemon socket";
  expect(sshProblem(ssh, socket)).toBeUndefined();
  expect(sshProblem(ssh, "another deploy of staging is at work")).toBeUndefined();
});
