import type { Account, Level, Permission, Token } from "../world/actors.ts";
import type { Repository } from "../world/repository.ts";
import type { World } from "../world/world.ts";

/** A request that keeps to the contract, by somebody who may make it. */
export interface Call {
  world: World;
  actor: Account;
  token: Token;
  path: Record<string, string>;
  /** Of the types that the contract says. */
  query: Record<string, unknown>;
  /** Of the shape that the contract says; each route names the part that it reads. */
  body: unknown;
  /** Where the emulator answers, without a slash at the end. */
  address: string;
}

export interface RepositoryCall extends Call {
  repository: Repository;
}

export interface Answer {
  status: number;
  body?: unknown;
}

interface RefusalDetails {
  errors?: unknown[];
  headers?: Record<string, string>;
  /** By its end, clients tell limits apart. */
  documentation?: string;
}

/** What GitHub says of a request that it refuses. */
export class Refusal extends Error {
  readonly status: number;
  readonly details: RefusalDetails;

  constructor(status: number, message: string, details: RefusalDetails = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

/** One operation of GitHub's description and what answers it. */
export interface Route {
  operation: string;
  /** What the caller needs in the repository that the path names, one of them; without it no repository is looked up. */
  needs?: [permissions: Permission[], level: Level];
  answer: (call: RepositoryCall) => Answer | Promise<Answer>;
}

/** A route of an operation in a repository. */
export function inRepository(
  operation: string,
  permission: Permission | Permission[],
  level: Level,
  answer: Route["answer"],
): Route {
  return { operation, needs: [[permission].flat(), level], answer };
}

/** What a route reads of a body, which the contract has looked at. */
export function bodyOf<Body>(call: Call): Partial<Body> {
  return (call.body ?? {}) as Partial<Body>;
}

/** What was looked for, or GitHub's answer when there is no such thing. */
export function found<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Refusal(404, "Not Found");
  return thing;
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function created(body: unknown): Answer {
  return { status: 201, body };
}

export const noContent: Answer = { status: 204 };
