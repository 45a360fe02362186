import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import rpc from "@pulumi/pulumi/proto/language_pb.js";
import type plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answer, insecure, type PluginProcess, startPlugin } from "../plugins/plugin-process.ts";
import { ResourceMonitor } from "../plugins/resource-monitor.ts";

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));
const sdk = JSON.parse(readFileSync(join(modules, "@pulumi/pulumi/package.json"), "utf8")) as {
  version: string;
};
let directory: string;
let host: PluginProcess;
let monitor: ResourceMonitor;
let client: languageGrpc.LanguageRuntimeClient;

beforeAll(async () => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "slipway-program-")));
  symlinkSync(modules, join(directory, "node_modules"));
  writeFileSync(
    join(directory, "package.json"),
    JSON.stringify({
      type: "module",
      dependencies: { "@pulumi/pulumi": "*", "@pulumi/command": "*", zod: "*", absent: "*" },
      devDependencies: { "@pulumi/random": "*" },
    }),
  );
  monitor = await ResourceMonitor.start();
  host = await startPlugin("pulumi-language-nodejs", { FROM_ENGINE: "inherited" });
  client = new languageGrpc.LanguageRuntimeClient(host.address, insecure);
});
afterAll(async () => {
  await host.stop();
  monitor.stop();
  rmSync(directory, { recursive: true });
});

describe("a program", () => {
  test("runs as TypeScript that Node strips, with its configuration and what the engine says", async () => {
    const report = join(directory, "report.json");
    writeProgram(`
      import { writeFileSync } from "node:fs";
      const answer: number = 42;
      writeFileSync(${JSON.stringify(report)}, JSON.stringify({
        answer,
        config: JSON.parse(process.env.PULUMI_CONFIG ?? ""),
        secretKeys: JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? ""),
        compiler: process.env.PULUMI_NODEJS_TYPESCRIPT ?? "none",
        cache: process.env.NODE_COMPILE_CACHE ?? "none",
        inherited: process.env.FROM_ENGINE,
        directory: process.cwd(),
        dryRun: process.env.PULUMI_NODEJS_DRY_RUN,
        stack: process.env.PULUMI_NODEJS_STACK,
        project: process.env.PULUMI_NODEJS_PROJECT,
        parallel: process.env.PULUMI_NODEJS_PARALLEL,
        engine: process.env.PULUMI_NODEJS_ENGINE,
        node: process.versions.node.split(".")[0],
        args: process.argv.slice(2),
      }));
    `);
    const request = runRequest();
    request.setDryrun(true);
    request.setParallel(7);
    request.setArgsList(["one", "two"]);
    request.getConfigMap().set("app:name", "erp").set("app:key", "hidden").set("old:config:x", "y");
    request.setConfigsecretkeysList(["app:key"]);
    expect(await run(request)).toEqual({ error: "", bail: false });
    expect(JSON.parse(readFileSync(report, "utf8"))).toEqual({
      answer: 42,
      config: { "app:config:name": "erp", "app:config:key": "hidden", "old:config:x": "y" },
      secretKeys: ["app:key"],
      compiler: "none",
      cache: "none",
      inherited: "inherited",
      directory,
      dryRun: "true",
      stack: "dev",
      project: "erp",
      parallel: "7",
      engine: host.engine.address,
      node: "24",
      args: ["one", "two"],
    });
  });

  test("registers its resources with the engine", async () => {
    writeProgram(`
      import { ComponentResource } from "@pulumi/pulumi";
      new ComponentResource("erp:index:Part", "part");
    `);
    expect(await run(runRequest())).toEqual({ error: "", bail: false });
    expect(monitor.registered.slice(-2)).toEqual([
      "pulumi:pulumi:Stack::erp-dev",
      "erp:index:Part::part",
    ]);
  });

  test("that throws has told why, and the engine says no more", async () => {
    writeProgram("throw new Error('the program is wrong');");
    expect(await run(runRequest())).toEqual({ error: "", bail: true });
    expect(host.engine.lines("ERROR").join()).toContain("the program is wrong");
  });

  test("that ends with a status of its own is reported with it", async () => {
    writeProgram("process.exit(3);");
    const error = "Program exited with non-zero exit code: 3";
    expect(await run(runRequest())).toEqual({ error, bail: false });
  });

  test("that is killed is reported with the signal", async () => {
    writeProgram("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);");
    expect(await run(runRequest())).toEqual({ error: "Program was ended by SIGKILL", bail: false });
  });

  test("without an SDK says what to type", async () => {
    const bare = mkdtempSync(join(tmpdir(), "slipway-bare-"));
    expect(await run(runRequest(bare))).toEqual({
      error: "It looks like the Pulumi SDK has not been installed. Have you run pulumi install?",
      bail: false,
    });
    rmSync(bare, { recursive: true });
  });

  test("is interrupted by cancel", async () => {
    const begun = join(directory, "begun");
    writeProgram(`
      import { writeFileSync } from "node:fs";
      writeFileSync(${JSON.stringify(begun)}, "");
      setInterval(() => {}, 1000);
    `);
    const ended = run(runRequest());
    while (!existsSync(begun)) await sleep(20);
    await answer<empty.Empty>((done) => client.cancel(new empty.Empty(), done));
    expect((await ended).error).toBe("Program was ended by SIGINT");
  });

  test("may still use what is loaded only then: the compiler, function serialization, the Automation API", async () => {
    const report = join(directory, "deferred");
    writeProgram(`
      import { writeFileSync } from "node:fs";
      import { automation, runtime } from "@pulumi/pulumi";
      import ts from "typescript";
      const base: number = 40;
      const { text } = await runtime.serializeFunction((n: number) => n + base);
      writeFileSync(${JSON.stringify(report)}, JSON.stringify([
        ts.transpile("const a: number = 1"),
        text.includes("const base = 40") || text.includes("base: 40"),
        typeof automation.LocalWorkspace.createStack,
      ]));
    `);
    expect(await run(runRequest())).toEqual({ error: "", bail: false });
    expect(JSON.parse(readFileSync(report, "utf8"))).toEqual(["var a = 1;\n", true, "function"]);
  });
});

describe("packages", () => {
  test("the plugins that may be needed are those of the packages that the program declares", async () => {
    expect(await requiredPackages(directory)).toEqual([
      ["command", "resource", "v1.2.1"],
      ["random", "resource", "v4.21.1"],
    ]);
  });

  test("a program below its package names none, so that the engine gets none that is not used", async () => {
    mkdirSync(join(directory, "infra"), { recursive: true });
    expect(await requiredPackages(join(directory, "infra"))).toEqual([]);
  });

  test("dependencies are told with their installed versions", async () => {
    const direct = await dependencies(false);
    expect(direct).toContainEqual(["@pulumi/pulumi", sdk.version]);
    expect(direct.map(([name]) => name)).not.toContain("absent");
    const all = await dependencies(true);
    expect(all.length).toBeGreaterThan(direct.length);
    expect(all.map(([name]) => name)).toContain("@grpc/grpc-js");
  });
});

test("about names the Node that runs programs, and the host has the SDK's version", async () => {
  const about = await answer<rpc.AboutResponse>((done) =>
    client.about(new rpc.AboutRequest(), done),
  );
  expect(about.getVersion()).toMatch(/^v24\./);
  expect(execFileSync(about.getExecutable(), ["--version"], { encoding: "utf8" }).trim()).toBe(
    about.getVersion(),
  );
  const info = await answer<plugin.PluginInfo>((done) =>
    client.getPluginInfo(new empty.Empty(), done),
  );
  expect(info.getVersion()).toBe(sdk.version);
});

test("the host ends at once when the engine says so", async () => {
  const other = await startPlugin("pulumi-language-nodejs");
  expect(await other.stop()).toBeLessThan(3000);
});

function writeProgram(text: string): void {
  writeFileSync(join(directory, "index.ts"), text);
}

function programInfo(programDirectory = directory): rpc.ProgramInfo {
  const info = new rpc.ProgramInfo();
  info.setRootDirectory(programDirectory);
  info.setProgramDirectory(programDirectory);
  info.setEntryPoint("index.ts");
  info.setOptions(struct.Struct.fromJavaScript({ typescript: false }));
  return info;
}

function runRequest(programDirectory?: string): rpc.RunRequest {
  const request = new rpc.RunRequest();
  request.setProject("erp");
  request.setStack("dev");
  request.setInfo(programInfo(programDirectory));
  request.setMonitorAddress(monitor.address);
  return request;
}

async function run(request: rpc.RunRequest): Promise<{ error: string; bail: boolean }> {
  const response = await answer<rpc.RunResponse>((done) => client.run(request, done));
  return { error: response.getError(), bail: response.getBail() };
}

async function requiredPackages(programDirectory: string): Promise<string[][]> {
  const request = new rpc.GetRequiredPackagesRequest();
  request.setInfo(programInfo(programDirectory));
  const response = await answer<rpc.GetRequiredPackagesResponse>((done) =>
    client.getRequiredPackages(request, done),
  );
  const found = response.getPackagesList();
  return found.map((each) => [each.getName(), each.getKind(), each.getVersion()]).sort();
}

async function dependencies(transitive: boolean): Promise<string[][]> {
  const request = new rpc.GetProgramDependenciesRequest();
  request.setInfo(programInfo());
  request.setTransitivedependencies(transitive);
  const response = await answer<rpc.GetProgramDependenciesResponse>((done) =>
    client.getProgramDependencies(request, done),
  );
  return response.getDependenciesList().map((each) => [each.getName(), each.getVersion()]);
}
