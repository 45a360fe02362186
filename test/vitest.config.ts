import { defineConfig } from "vitest/config";

const integration = {
  // Each file drives one Docker engine and two cores; more than two of them would only wait for each other.
  fileParallelism: false,
  testTimeout: 300_000,
  hookTimeout: 900_000,
};
// In none of these does it matter how long something takes.
const beside = ["backups", "copies", "erp", "github"].map(
  (folder) => `test/integration/${folder}/**/*.test.ts`,
);

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
          exclude: beside,
        },
      },
      { extends: true, test: { name: "beside", ...integration, include: beside } },
    ],
  },
});
