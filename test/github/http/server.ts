import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import type { World } from "../world/world.ts";
import { repositoryOf, requireAccess, tokenOf } from "./access.ts";
import { answerHook } from "./answer-hook.ts";
import { Faults } from "./faults.ts";
import { cutPage } from "./pages.ts";
import { type Answer, type Call, Refusal, type RepositoryCall } from "./route.ts";
import type { Match, Router } from "./router.ts";

export interface LoggedRequest {
  method: string;
  /** Without `/api/v3`. */
  path: string;
  /** As GitHub's description calls it; undefined where the emulator has no such route. */
  operation: string | undefined;
  status: number;
}

interface Reply extends Answer {
  headers: Record<string, string>;
}

/** Answers HTTP under `/api/v3` on a free port of the loopback interface. */
export class GitHubServer {
  readonly faults = new Faults();
  readonly log: LoggedRequest[] = [];
  /** What did not keep to GitHub's description, of requests and of answers; a test expects none. */
  readonly complaints: string[] = [];
  private readonly world: World;
  private readonly router: Router;
  private readonly server: Server;

  private constructor(world: World, router: Router) {
    this.world = world;
    this.router = router;
    this.server = createServer((request, response) => void this.respond(request, response));
  }

  static async start(world: World, router: Router): Promise<GitHubServer> {
    const made = new GitHubServer(world, router);
    await once(made.server.listen(0, "127.0.0.1"), "listening");
    return made;
  }

  /** Without a slash at the end. */
  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.origin);
    const path = this.describedPath(url.pathname.replace(/^\/api\/v3(?=\/)/, ""));
    const method = request.method ?? "GET";
    const match = this.router.match(method, path);
    const sent = await text(request);
    if (url.pathname.startsWith("/hooks/")) {
      const refused = await answerHook(this.world, url.pathname, new URLSearchParams(sent));
      response.writeHead(refused ? 403 : 200).end(refused);
      return;
    }
    await setTimeout(this.faults.latencyMilliseconds);
    const { status, body, headers } = await this.reply(request, sent, url, match);
    this.log.push({ method, path, operation: match?.route.operation, status });
    response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
    response.end(body === undefined || status === 304 ? "" : JSON.stringify(body));
  }

  /** GitHub also finds a repository by its id, which its description leaves out and its Go client does for secrets. */
  private describedPath(path: string): string {
    return path.replace(/^\/repositories\/(\d+)(?=\/|$)/, (given, id: string) => {
      const found = [...this.world.repositories.values()].find((each) => each.id === Number(id));
      return found ? `/repos/${found.fullName}` : given;
    });
  }

  private async reply(
    request: IncomingMessage,
    sent: string,
    url: URL,
    match: Match | undefined,
  ): Promise<Reply> {
    try {
      if (!match) throw new Error(`the emulator has no ${request.method} ${url.pathname}`);
      this.faults.meet(match.route.operation);
      const call = this.call(request, sent, url, match);
      const answer = structuredClone(await match.route.answer(call));
      const problem = match.contract.answerProblem(answer.status, answer.body, call.address);
      if (problem) throw new Error(`${match.route.operation}: ${problem}`);
      const { answer: cut, link } = cutPage(answer, call.query, url);
      return conditional(request, { ...cut, headers: { ...quota, ...(link && { link }) } });
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      this.complaints.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return { status: match ? 500 : 501, body: { message: String(error) }, headers: {} };
    }
  }

  /** Looks at who asks for what, in GitHub's order: token, repository, permission, then the request itself. */
  private call(request: IncomingMessage, sent: string, url: URL, match: Match): RepositoryCall {
    const { route, contract, path } = match;
    const token = tokenOf(this.world, request.headers.authorization);
    const call: Call = {
      ...{ world: this.world, actor: token.account, token, path },
      ...{ query: Object.fromEntries(url.searchParams), body: sent ? JSON.parse(sent) : undefined },
      address: `${this.origin}/api/v3`,
    };
    if (route.needs) {
      const repository = repositoryOf(this.world, token, path.owner, path.repo);
      Object.assign(call, { repository });
      requireAccess(this.world, token, repository, ...route.needs);
    }
    const problem = contract.requestProblem({ path: { ...path }, query: call.query }, call.body);
    if (problem) {
      this.complaints.push(`${route.operation}: ${problem}`);
      throw new Refusal(422, `Invalid request. ${problem}`, { errors: [problem] });
    }
    return call as RepositoryCall;
  }
}

const quota = { "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4999" };

function refused({ status, message, details }: Refusal): Reply {
  const { errors, headers, documentation = "https://docs.github.com/rest" } = details;
  const described = { documentation_url: documentation, status: String(status) };
  const body = { message, ...(errors && { errors }), ...described };
  return { status, body, headers: { ...quota, ...headers } };
}

/** Tags an answer by what it says, and leaves it out where the client has it already. */
function conditional(request: IncomingMessage, reply: Reply): Reply {
  if (reply.body === undefined) return reply;
  const digest = createHash("sha256").update(JSON.stringify(reply.body)).digest("hex");
  const headers = { ...reply.headers, etag: `W/"${digest}"` };
  const known = request.method === "GET" && request.headers["if-none-match"] === headers.etag;
  return { ...reply, status: known ? 304 : reply.status, headers };
}
