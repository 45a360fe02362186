import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { containerScript } from "./container-script.ts";

const { run, start, write, remove } = containerScript("probe.sh");
let server: Server;
let port: string;

beforeAll(async () => {
  server = createServer(({ url = "", headers }, response) => {
    const status =
      url === "/host" ? (headers.host === "app.test" ? 200 : 404) : Number(url.slice(1));
    response.writeHead(status, { location: "http://127.0.0.1:9/nobody" }).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  port = String((server.address() as AddressInfo).port);
});
afterAll(() => void server.close());

const programs = { curl: "/usr/bin/curl", python3: "/usr/bin/python3", node: process.execPath };

const present = Object.entries(programs).filter(([, program]) => existsSync(program));

describe.each(present)("with nothing but %s in the image", (name, program) => {
  const path = join(run, name);
  mkdirSync(path);
  for (const [link, target] of [
    ["sh", "/bin/sh"],
    ["sleep", "/bin/sleep"],
    [name, program],
  ] as const) {
    symlinkSync(target, join(path, link));
  }
  const probe = (words: string[], env = {}) => start(["http", ...words], { PATH: path, ...env });

  test.each([200, 204, 302])("a status of %i is well", async (status) => {
    expect(await probe([port, `/${status}`])).toMatchObject({ exitCode: 0, stdout: "" });
  });

  test.each([404, 500, 503])("a status of %i is not", async (status) => {
    expect((await probe([port, `/${status}`])).exitCode).not.toBe(0);
  });

  test("several times in a row is as often asked, until one is not well", async () => {
    const asked: string[] = [];
    const turns = createServer(({ url = "" }, response) => {
      asked.push(url);
      response.writeHead(asked.length === 5 ? 503 : 200).end();
    });
    await new Promise<void>((resolve) => void turns.listen(0, "127.0.0.1", resolve));
    const { port } = turns.address() as AddressInfo;
    expect((await probe([String(port), "/", "3"])).exitCode).toBe(0);
    expect(asked).toHaveLength(3);
    expect((await probe([String(port), "/", "3"])).exitCode).not.toBe(0);
    expect(asked).toHaveLength(5);
    turns.close();
  });

  test("it asks for a name that it is told", async () => {
    const named = (host: string) => probe([port, "/host", "1", "0", host]);
    expect((await named("app.test")).exitCode).toBe(0);
    expect((await named("other.test")).exitCode).not.toBe(0);
    expect((await probe([port, "/host"])).exitCode).not.toBe(0);
  });

  test("no answer is not well either", async () => {
    expect((await probe(["9", "/200"])).exitCode).not.toBe(0);
  });

  test("a proxy of the application's is not asked", async () => {
    expect((await probe([port, "/200"], { http_proxy: "http://127.0.0.1:9" })).exitCode).toBe(0);
  });
});

test("an image without any of them says what is missing", async () => {
  const path = join(run, "nothing");
  mkdirSync(path);
  symlinkSync("/bin/sh", join(path, "sh"));
  const { exitCode, stderr } = await start(["http", port, "/200"], { PATH: path });
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("none of curl, python3, wget and node");
});

describe("ready", () => {
  const answering = async (statuses: number[]) => {
    const asked: string[] = [];
    const service = createServer(({ url = "" }, response) => {
      asked.push(url);
      response.writeHead(statuses[asked.length - 1] ?? 200).end();
    });
    await new Promise<void>((resolve) => void service.listen(0, "127.0.0.1", resolve));
    const { port } = service.address() as AddressInfo;
    const { exitCode } = await start(["ready", String(port), "/here"]);
    service.close();
    return { asked, exitCode };
  };

  test("is who answers well three times in a row", async () => {
    const { asked, exitCode } = await answering([200, 200, 503, 200, 200, 200]);
    expect({ exitCode, asked }).toEqual({ exitCode: 0, asked: Array(6).fill("/here") });
  });

  test("is not who answers badly for some seconds", async () => {
    expect((await answering(Array(50).fill(503))).exitCode).not.toBe(0);
  });

  test("is not who does not listen, and is not asked", async () => {
    const path = join(run, "no-program");
    mkdirSync(path);
    for (const program of ["sh", "sleep"]) symlinkSync(`/bin/${program}`, join(path, program));
    const { exitCode, stderr } = await start(["ready", "9", "/"], { PATH: path });
    expect(exitCode).not.toBe(0);
    expect(stderr).toBe("");
  }, 15_000);
});

describe("beat", () => {
  const beat = () => start(["beat"], { SLIPWAY_RELEASE: "0123abcd" });
  const lock = join(run, "slipway/beat/lock");

  test("of a release that is not live waits, and that is well", async () => {
    remove("slipway/live/release");
    expect((await beat()).exitCode).toBe(0);
    write("slipway/live/release", "ffff0000\n");
    expect((await beat()).exitCode).toBe(0);
  });

  test("is not well when a process of it is stopped, which keeps the lock", async () => {
    remove("slipway/live/release");
    write("proc/7/status", "Name:\tcelery\nState:\tS (sleeping)\nPPid:\t1\n");
    expect((await beat()).exitCode).toBe(0);
    write("proc/7/status", "Name:\tcelery\nState:\tT (stopped)\nPPid:\t1\n");
    const { exitCode, stdout } = await beat();
    expect(exitCode).not.toBe(0);
    expect(stdout).toMatch(/process .*7 is stopped/);
    remove("proc/7");
  });

  test("of the live release is well only while somebody holds the lock", async () => {
    write("slipway/live/release", "0123abcd\n");
    expect((await beat()).exitCode).not.toBe(0);
    const holder = execa("flock", ["--no-fork", lock, "sh", "-c", "echo held; exec sleep 60"], {
      reject: false,
    });
    await holder.iterable()[Symbol.asyncIterator]().next();
    expect((await beat()).exitCode).toBe(0);
    holder.kill();
    await holder;
  });
});
