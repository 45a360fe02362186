import "./lean-sdk.ts";
import "./providers.ts";

// What is imported statically is loaded whole before any of it runs. The plugins are to start while the rest loads.
export const { url, release, volumes } = await import("./index.ts");
