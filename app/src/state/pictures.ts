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

/** The picture in pixels, twice as many as the drawing has. */
export async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = 2 * image.width;
    canvas.height = 2 * image.height;
    const context = canvas.getContext("2d")!;
    context.scale(2, 2);
    context.drawImage(image, 0, 0);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob === null ? reject(new Error("The browser made no picture.")) : resolve(blob)), "image/png"),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
