/** Pictures of what is shown, as they would be printed. */

export interface Picture {
  readonly name: string;
  readonly title: string;
  readonly svg: () => string;
}

const registered = new Map<string, Picture>();

/** A view that can be exported; returns what takes it off. */
export function register(picture: Picture): () => void {
  registered.set(picture.name, picture);
  return () => void registered.delete(picture.name);
}

export function pictures(): readonly Picture[] {
  return [...registered.values()];
}
