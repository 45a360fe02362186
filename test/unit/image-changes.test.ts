import { expect, test } from "vitest";
import { imageChanges } from "../../scripts/releases/image-changes.ts";
import { shortImage } from "../../scripts/releases/short-image.ts";

const config = {
  "slipway:app": { image: "app-2" },
  "slipway:services": { api: { port: 8000 }, "front-end": { image: "front-2" } },
  "slipway:beat": { enabled: true },
};

test("only what differs is set, where the release had an image of its own", () => {
  const images = { "app.image": "app-1", "services.front-end.image": "front-2", "beat.image": "b" };
  expect(imageChanges(config, images, {})).toEqual({
    changes: [
      { key: "app.image", from: "app-2", to: "app-1", isNamed: true },
      { key: "beat.image", to: "b", isNamed: false },
    ],
    left: [],
  });
});

test("what the configuration leaves out is what runs", () => {
  const leftOut = { "slipway:app": {}, "slipway:services": { api: {}, front: {} } };
  const running = { "app.image": "app-2", "services.front.image": "front-2" };
  const images = { "app.image": "app-1", "services.front.image": "front-2" };
  expect(imageChanges(leftOut, images, running)).toEqual({
    changes: [{ key: "app.image", from: "app-2", to: "app-1", isNamed: false }],
    left: [],
  });
  expect(imageChanges(leftOut, running, running)).toEqual({ changes: [], left: [] });
});

test("what is configured no more is named, and not set", () => {
  const images = {
    "services.gone.image": "gone",
    "workers.gone.image": "gone",
    "app.image": "app-2",
  };
  expect(imageChanges(config, images, {})).toEqual({
    changes: [],
    left: ["services.gone.image", "workers.gone.image"],
  });
  expect(imageChanges({}, { "beat.image": "b", "app.image": "a" }, {})).toEqual({
    changes: [{ key: "app.image", to: "a", isNamed: false }],
    left: ["beat.image"],
  });
});

test("an image is shown by what tells it from others", () => {
  const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
  expect(shortImage(`registry.example.com:5000/team/shop@${digest}`)).toBe("shop@0123456789ab");
  expect(shortImage(digest)).toBe("0123456789ab");
});
