import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** A resource as the engine was asked to register it. */
export interface Registration {
  urn: string;
  type: string;
  name: string;
  /** URN; empty for what stands at the top. */
  parent: string;
  isComponent: boolean;
  /** What the resource is given, secrets opened. */
  // biome-ignore lint/suspicious/noExplicitAny: resources of every type
  inputs: Record<string, any>;
  /** The same with `[secret]` in the place of each secret: what the plain part of the state shows. */
  // biome-ignore lint/suspicious/noExplicitAny: resources of every type
  shown: Record<string, any>;
  /** URNs of what comes before it, by `dependsOn` or because an input is made of it. */
  dependencies: string[];
  /** Names of the inputs that are made of other resources. */
  derived: string[];
  options: {
    replaceOnChanges: string[];
    /** Undefined leaves it to the provider. */
    deleteBeforeReplace: boolean | undefined;
    retainOnDelete: boolean;
    protect: boolean;
    /** URN and id. */
    provider: string;
  };
}

/** What the SDK sends; its types know no more than that it can be sent. */
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getCustom(): boolean;
  getObject(): { toJavaScript(): Record<string, unknown> };
  getDependenciesList(): string[];
  getPropertydependenciesMap(): {
    forEach(each: (value: { getUrnsList(): string[] }, key: string) => void): void;
  };
  getReplaceonchangesList(): string[];
  getDeletebeforereplace(): boolean;
  getDeletebeforereplacedefined(): boolean;
  getRetainondelete(): boolean;
  getProtect(): boolean;
  getProvider(): string;
}
type Answer = (error: Error | null, response?: { getUrn(): string }) => void;
interface Monitor {
  registerResource(request: Request, answer: Answer): Promise<void>;
}

export const secret = "[secret]";

interface Answers {
  /** The stack's outputs, as its state has them whenever it is asked. Defaults to none. */
  outputs?: () => Record<string, unknown>;
  /** What every command prints. Defaults to nothing. */
  stdout?: string;
}

/**
 * Takes the place of the engine for the test file that calls it, and records every registration in the order of
 * arrival. `wait` returns when all that was declared is registered; `clear` makes room for another program.
 */
export async function record(stack = "staging", { outputs, stdout = "" }: Answers = {}) {
  const registrations: Registration[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => ({
        id: `id-of-${name}`,
        state: { ...inputs, ...made(type, stdout) },
      }),
      call: ({ token }) =>
        token === "pulumi:pulumi:readStackOutputs" ? { outputs: outputs?.() } : {},
    },
    "slipway",
    stack,
    false,
    "organization",
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, answer) =>
    register(request, (error, response) => {
      if (!response) return answer(error);
      const urn = response.getUrn();
      if (registrations.some((each) => each.urn === urn)) {
        return answer(new Error(`Duplicate resource URN ${urn}`));
      }
      registrations.push(describe(request, urn));
      answer(error, response);
    });
  return {
    all: registrations,
    wait: () => pulumi.runtime.disconnect(),
    clear: () => registrations.splice(0),
    of: (type: string) => registrations.filter((each) => each.type === type),
    named(name: string): Registration {
      const found = registrations.filter((each) => each.name === name && !each.isComponent);
      if (found.length !== 1) throw new Error(`${found.length} resources are called ${name}`);
      return found[0] as Registration;
    },
  };
}

export type Recorder = Awaited<ReturnType<typeof record>>;

export const types = {
  container: "docker:index/container:Container",
  volume: "docker:index/volume:Volume",
  image: "docker:index/remoteImage:RemoteImage",
  command: "command:local:Command",
  password: "random:index/randomPassword:RandomPassword",
};

/** What every random secret is in tests. */
export const madeSecret = "made-secret-of-a-stack";

/** The password for a purpose, made from it. */
export function passwordOf(purpose: string): string {
  return createHmac("sha256", madeSecret).update(purpose).digest("hex");
}

function made(type: string, stdout: string): Record<string, unknown> {
  if (type === types.command) return { stdout };
  return type === types.password ? { result: pulumi.secret(madeSecret) } : {};
}

function describe(request: Request, urn: string): Registration {
  const given = request.getObject().toJavaScript();
  const derived: string[] = [];
  request.getPropertydependenciesMap().forEach((value, key) => {
    if (value.getUrnsList().length > 0) derived.push(key);
  });
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent(),
    isComponent: !request.getCustom(),
    inputs: open(given, (value) => value) as Registration["inputs"],
    shown: open(given, () => secret) as Registration["shown"],
    dependencies: request.getDependenciesList(),
    derived,
    options: {
      replaceOnChanges: request.getReplaceonchangesList(),
      deleteBeforeReplace: request.getDeletebeforereplacedefined()
        ? request.getDeletebeforereplace()
        : undefined,
      retainOnDelete: request.getRetainondelete(),
      protect: request.getProtect(),
      provider: request.getProvider(),
    },
  };
}

/** Puts what `show` makes of a secret in the place of its wrapping. */
function open(value: unknown, show: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => open(each, show));
  if (typeof value !== "object" || value === null) return value;
  const { [pulumi.runtime.specialSigKey]: signature, ...rest } = value as Record<string, unknown>;
  if (signature === pulumi.runtime.specialSecretSig) return show(open(rest.value, show));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, open(each, show)]));
}
