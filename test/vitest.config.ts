import { defineConfig } from "vitest/config";

const integration = {
  // Each file drives one Docker engine and two cores; side by side they would only wait for each other.
  fileParallelism: false,
  testTimeout: 300_000,
  hookTimeout: 900_000,
};
const ofGithub = "test/integration/github/**/*.test.ts";

export default defineConfig({
  test: {
    globalSetup: "test/github/specification/read-specification.ts",
    env: { PULUMI_ERROR_OUTPUT_STRING: "true" },
    projects: [
      { extends: true, test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          ...{ name: "integration", ...integration },
          include: ["test/integration/**/*.test.ts"],
          exclude: [ofGithub],
        },
      },
      { extends: true, test: { name: "github", ...integration, include: [ofGithub] } },
    ],
  },
});
