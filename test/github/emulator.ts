import { Router } from "./http/router.ts";
import { GitHubServer } from "./http/server.ts";
import { accountRoutes } from "./routes/accounts.ts";
import { checkRoutes } from "./routes/checks.ts";
import { contentRoutes } from "./routes/contents.ts";
import { deploymentRoutes } from "./routes/deployments.ts";
import { environmentRoutes } from "./routes/environments.ts";
import { gitRoutes } from "./routes/git.ts";
import { issueRoutes } from "./routes/issues.ts";
import { pullRoutes } from "./routes/pulls.ts";
import { releaseRoutes } from "./routes/releases.ts";
import { reviewRoutes } from "./routes/reviews.ts";
import { rulesetRoutes } from "./routes/rulesets.ts";
import { runRoutes } from "./routes/runs.ts";
import { secretRoutes } from "./routes/secrets.ts";
import { variableRoutes } from "./routes/variables.ts";
import { SealedBox } from "./sealed-box.ts";
import { readSpecification } from "./specification/read-specification.ts";
import { World } from "./world/world.ts";

const routes = [
  ...accountRoutes,
  ...rulesetRoutes,
  ...environmentRoutes,
  ...secretRoutes,
  ...variableRoutes,
  ...runRoutes,
  ...reviewRoutes,
  ...releaseRoutes,
  ...pullRoutes,
  ...issueRoutes,
  ...gitRoutes,
  ...deploymentRoutes,
  ...contentRoutes,
  ...checkRoutes,
];

/** Reading GitHub's description takes its time, once a process. */
let router: Promise<Router> | undefined;

/**
 * A GitHub of one's own: a real HTTP server with state. Requests and answers are held against GitHub's description of
 * its interface; what does not keep to it stands in `server.complaints`.
 */
export class GitHubEmulator {
  readonly world: World;
  readonly server: GitHubServer;

  private constructor(world: World, server: GitHubServer) {
    this.world = world;
    this.server = server;
  }

  static async start(): Promise<GitHubEmulator> {
    const world = new World(await SealedBox.make());
    router ??= readSpecification().then((described) => new Router(described, routes));
    const server = await GitHubServer.start(world, await router);
    world.hooksUrl = `${server.origin}/hooks`;
    return new GitHubEmulator(world, server);
  }

  /** The `baseUrl` of the provider. */
  get baseUrl(): string {
    return `${this.server.origin}/`;
  }

  /** The `baseUrl` of Octokit, and GITHUB_API_URL in a workflow. */
  get apiUrl(): string {
    return `${this.server.origin}/api/v3`;
  }

  async stop(): Promise<void> {
    await this.server.stop();
    for (const { git } of this.world.repositories.values()) await git.remove();
  }
}
