import type { Document } from "yaml";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { removeImages, smallImage } from "../small-image.ts";
import { docker } from "../throw-away.ts";
import { eventually, type TestStack } from "./stack.ts";
import { makeTinyStack } from "./tiny-stack.ts";

/** Host names of the two; the certificates of both hold for `localhost`. */
export const host = { owner: "owner.localhost", sharer: "sharer.localhost" };
const texts = ["of the owner", "of the sharer", "newer"] as const;

/** Two tiny stacks that are up, one of which is reached by the other's edge. */
export async function makeNeighbours() {
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  const images = await Promise.all(texts.map((text) => smallImage(helper, text)));
  const [ownImage, sharingImage, newer] = images as [string, string, string];
  const publish = (config: Document, name: string) =>
    config.setIn(["config", "slipway:services", "web", "hosts"], [name]);
  const owner = await makeTinyStack(ownImage, (config) => publish(config, host.owner));
  const edge = `slipway-edge-${owner.name}`;
  const sharer = await makeTinyStack(sharingImage, (config) => {
    const { httpsPort } = owner;
    const shared = { mode: "shared", name: `edge-${owner.name}`, httpsPort };
    config.setIn(["config", "slipway:edge"], { ...shared, certificates: "provided" });
    publish(config, host.sharer);
  });
  sharer.httpsPort = owner.httpsPort;
  await owner.up();
  await sharer.up();

  /** Waits until a stack answers with its text. */
  const answers = (stack: TestStack, name: string, text: string) =>
    eventually(`${name} answers`, 10, async () => {
      const answer = await stack.ask("/", { host: name }).catch(() => undefined);
      return answer?.status === 200 && answer.body.trim() === text ? true : undefined;
    });
  return {
    ...{ owner, sharer, edge, helper, ownImage, newer },
    containerOfEdge: () => docker("inspect", "--format", "{{.Id}}", edge),
    ownerAnswers: () => answers(owner, host.owner, texts[0]),
    async bothAnswer(): Promise<void> {
      await answers(owner, host.owner, texts[0]);
      await answers(sharer, host.sharer, texts[1]);
    },
    async takeDown(): Promise<void> {
      await sharer.takeDown();
      await owner.takeDown();
      await removeImages(...images);
    },
  };
}
