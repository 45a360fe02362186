/**
 * Makes `require` of a CommonJS module return at once; the module is loaded when something of it is first used.
 * A module that is not installed is left alone.
 */
export function deferModule(require: NodeJS.Require, name: string): void {
  let file: string;
  try {
    file = require.resolve(name);
  } catch {
    return;
  }
  const load = (): Record<PropertyKey, unknown> => {
    if (require.cache[file] === placeholder) delete require.cache[file];
    return require(file);
  };
  const exports = new Proxy(class {}, {
    get(_target, property) {
      // Compiled TypeScript asks this of everything that it imports, and copies all properties if the answer is no.
      if (property === "__esModule") return true;
      const module = load();
      return property === "default" && !("default" in module) ? module : module[property];
    },
    has: (_target, property) => property in load(),
    apply: (_target, self, args) => Reflect.apply(load() as never, self, args),
    construct: (_target, args) => Reflect.construct(load() as never, args),
  });
  const placeholder = {
    id: file,
    filename: file,
    loaded: true,
    exports,
  } as unknown as NodeJS.Module;
  require.cache[file] = placeholder;
}
