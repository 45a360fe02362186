import { afterUpdate } from "../rules/push.ts";
import { judgeRefUpdate } from "../rules/ref-update.ts";
import type { World } from "../world/world.ts";

/** Answers the hook of a repository that is pushed to: with what is said to who may not, or nothing. */
export async function answerHook(
  world: World,
  path: string,
  asked: URLSearchParams,
): Promise<string | undefined> {
  const said = (name: string) => asked.get(name) ?? "";
  const id = (name: string) => (/^0+$/.test(said(name)) ? undefined : said(name));
  const repository = world.repositories.get(said("repository").toLowerCase());
  const actor = world.accounts.get(said("actor").toLowerCase());
  const ref = said("ref");
  if (!repository || !actor) return `nobody is called ${said("actor")}\n`;
  if (path === "/hooks/post-receive") {
    await afterUpdate(repository, actor, ref, id("after"));
    return undefined;
  }
  // What is pushed lies apart until it is let in.
  const objects = said("objects")
    ? {
        GIT_OBJECT_DIRECTORY: said("objects"),
        GIT_ALTERNATE_OBJECT_DIRECTORIES: said("alternates"),
      }
    : {};
  const update = { actor, ref, before: id("before"), after: id("after"), objects };
  const { allowed, reasons } = await judgeRefUpdate(world, repository, update);
  return allowed ? undefined : reasons.map((each) => `${each}\n`).join("");
}
