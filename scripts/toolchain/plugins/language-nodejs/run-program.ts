import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type rpc from "@pulumi/pulumi/proto/language_pb.js";

/** The status with which the SDK ends a program after it has told the user what went wrong. */
const alreadyReported = 32;
const graceMilliseconds = 5000;
const running = new Set<ChildProcess>();

export interface ProgramResult {
  /** Empty when the program succeeded, or when the user has been told already. */
  error: string;
  /** True when the engine shall stop and say no more. */
  bail: boolean;
}

export function isProgramRunning(): boolean {
  return running.size > 0;
}

/** Interrupts every program, and kills those that go on for five seconds. */
export function cancelPrograms(): void {
  for (const program of running) {
    program.kill("SIGINT");
    setTimeout(() => program.kill("SIGKILL"), graceMilliseconds).unref();
  }
}

/** Runs a program through the SDK that is installed beside it, with this process's Node. */
export async function runProgram(
  request: rpc.RunRequest,
  engineAddress: string,
  compileCache: string | undefined,
): Promise<ProgramResult> {
  if (request.getAttachDebugger()) {
    return failed(
      "This language host starts no debugger; use `runtime.options.nodeargs: --inspect-brk`.",
    );
  }
  const directory = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
  const options = runtimeOptions(request);
  let run: string;
  try {
    run = createRequire(join(directory, "program.js")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    return failed(
      "It looks like the Pulumi SDK has not been installed. Have you run pulumi install?",
    );
  }
  const args = [
    ...options.nodeArgs,
    join(import.meta.dirname, "program-entry.ts"),
    run,
    ...runArguments(request, directory, engineAddress),
  ];
  return new Promise((resolve) => {
    const program = spawn(process.execPath, args, {
      env: programEnvironment(request, options.typeScript, compileCache),
      stdio: ["ignore", "inherit", "inherit"],
    });
    running.add(program);
    const end = (result: ProgramResult) => {
      running.delete(program);
      resolve(result);
    };
    program.on("error", (error) => end(failed(`Problem executing program: ${error.message}`)));
    program.on("exit", (code, signal) => {
      if (code === 0) end(failed(""));
      else if (code === alreadyReported) end({ error: "", bail: true });
      else if (signal) end(failed(`Program was ended by ${signal}`));
      else end(failed(`Program exited with non-zero exit code: ${code}`));
    });
  });
}

function failed(error: string): ProgramResult {
  return { error, bail: false };
}

function runArguments(request: rpc.RunRequest, directory: string, engine: string): string[] {
  const named = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": request.getInfo()?.getRootDirectory() ?? "",
    stack: request.getStack(),
    pwd: directory,
    parallel: String(request.getParallel()),
  };
  const given = Object.entries(named).filter(([, value]) => value !== "");
  return [
    ...given.flatMap(([name, value]) => [`--${name}`, value]),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    request.getInfo()?.getEntryPoint() || ".",
    ...request.getArgsList(),
  ];
}

function programEnvironment(
  request: rpc.RunRequest,
  typeScript: boolean,
  compileCache: string | undefined,
): NodeJS.ProcessEnv {
  const config = request.getConfigMap().toArray();
  return {
    ...process.env,
    ...(compileCache ? { NODE_COMPILE_CACHE: compileCache } : {}),
    PULUMI_CONFIG: JSON.stringify(
      Object.fromEntries(config.map(([key, value]) => [configKey(key), value])),
    ),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    ...(typeScript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
  };
}

/** The SDK takes keys in the form `NAMESPACE:config:NAME`; the engine sends `NAMESPACE:NAME`. */
function configKey(key: string): string {
  return key.includes(":config:") ? key : key.replace(":", ":config:");
}

/** `typescript: false` in Pulumi.yaml leaves TypeScript to Node, which is what makes a program start fast. */
function runtimeOptions(request: rpc.RunRequest): { typeScript: boolean; nodeArgs: string[] } {
  const given = request.getInfo()?.getOptions()?.toJavaScript() ?? {};
  const nodeArgs = typeof given.nodeargs === "string" ? given.nodeargs : "";
  return {
    typeScript: given.typescript !== false,
    nodeArgs: nodeArgs.split(/\s+/).filter((arg) => arg !== ""),
  };
}
