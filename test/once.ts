/** `make`, done at the first call and once only: for work that several tests of a file look at and none changes. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
