/** One thing of a container that is not as it was made to be. */
export interface Difference {
  /** As the Docker plugin calls it. */
  property: string;
  what: string;
  expected: string;
  found: string;
  /** What puts it right by itself, for a container of this name. */
  command?: ((container: string) => string) | undefined;
}
