/** The layers models whose predictions are recorded in fixtures/keras.json, built by TensorFlow.js, which slow tests fetch. */

// biome-ignore lint/suspicious/noExplicitAny: the package with its types is fetched, not installed.
export type TensorFlow = any;

/** Each model by its name in the recording; what they predict is recorded too, except where it says otherwise. */
export function kerasModels(tf: TensorFlow): Readonly<Record<string, () => RecordedModel>> {
  const { layers } = tf;
  const sequential = (...list: unknown[]): RecordedModel => ({ model: tf.sequential({ layers: list }) });

  const convolutions = (padding: "same" | "valid") => () => {
    const options = { filters: 3, kernelSize: [3, 2], padding };
    return sequential(
      layers.conv2d({ ...options, strides: [2, 3], inputShape: [11, 14, 2], activation: "relu" }),
      layers.conv2d({ ...options, padding: "same", dilationRate: [2, 2] }),
      layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding, activation: "tanh" }),
      layers.separableConv2d({ filters: 4, kernelSize: 2, padding: "same", depthMultiplier: 2 }),
    );
  };
  const same = { padding: "same", strides: 2 };
  const line = (size: number) => () =>
    sequential(
      layers.conv1d({ ...same, filters: 2, kernelSize: 3, inputShape: [size, 2] }),
      layers.maxPooling1d({ poolSize: 3, strides: 2, padding: "same" }),
      layers.averagePooling1d({ poolSize: 2, strides: 1, padding: "same" }),
    );
  const square = (size: number) => () =>
    sequential(
      layers.depthwiseConv2d({ ...same, kernelSize: 4, inputShape: [size, size, 1] }),
      layers.averagePooling2d({ poolSize: 3, strides: 2, padding: "same" }),
      layers.maxPooling2d({ poolSize: 2, strides: 1, padding: "same" }),
    );
  const sizes = [5, 6, 7, 8];

  return {
    "dense layers with every activation": () => {
      const names = ["relu", "relu6", "sigmoid", "tanh", "softmax", "elu", "selu", "softplus", "softsign"];
      const model = tf.sequential({ layers: [layers.dense({ units: 5, inputShape: [4], useBias: false })] });
      for (const activation of [...names, "hardSigmoid", "linear", "swish", "mish", "gelu", "gelu_new"]) {
        model.add(layers.dense({ units: 4, activation }));
      }
      return { model };
    },
    "2-D convolutions, same": convolutions("same"),
    "2-D convolutions, valid": convolutions("valid"),
    ...Object.fromEntries(sizes.map((size) => [`stride 2 on a line of ${size}`, line(size)])),
    ...Object.fromEntries(sizes.map((size) => [`stride 2 on a square of ${size}`, square(size)])),
    "batch normalisation": () =>
      sequential(
        layers.conv2d({ filters: 3, kernelSize: 2, inputShape: [4, 4, 2] }),
        layers.batchNormalization({ epsilon: 0.01 }),
        layers.batchNormalization({ scale: false }),
        layers.batchNormalization({ center: false }),
      ),
    "pooling, padding, flattening, permuting and reshaping": () =>
      sequential(
        layers.zeroPadding2d({
          padding: [
            [1, 2],
            [0, 3],
          ],
          inputShape: [5, 4, 2],
        }),
        layers.maxPooling2d({ poolSize: [2, 3], strides: [2, 1] }),
        layers.averagePooling2d({ poolSize: 2, strides: 1 }),
        layers.permute({ dims: [3, 1, 2] }),
        layers.flatten(),
        layers.dropout({ rate: 0.5 }),
        layers.dense({ units: 12 }),
        layers.reshape({ targetShape: [3, -1] }),
        layers.softmax({ axis: 2 }),
        layers.globalAveragePooling1d({}),
      ),
    "channels first": () => {
      const options = { dataFormat: "channelsFirst" };
      return sequential(
        layers.zeroPadding2d({ ...options, padding: 1, inputShape: [2, 5, 6] }),
        layers.conv2d({ ...options, filters: 3, kernelSize: 3, padding: "same", strides: 2 }),
        layers.maxPooling2d({ ...options, poolSize: 2, strides: 1 }),
        layers.flatten(options),
        layers.dense({ units: 2 }),
      );
    },
    "batch normalisation of another axis than the last": () => ({
      ...sequential(layers.batchNormalization({ axis: 1, epsilon: 0.25, inputShape: [2, 3, 4] })),
      predicts: false,
    }),
    "activation layers with parameters": () =>
      sequential(
        layers.reLU({ maxValue: 1.25, inputShape: [6] }),
        layers.dense({ units: 6 }),
        layers.leakyReLU({ alpha: 0.2 }),
        layers.dense({ units: 6 }),
        layers.thresholdedReLU({ theta: 0.5 }),
        layers.dense({ units: 6 }),
        layers.elu({}),
        layers.dense({ units: 6, activation: "linear" }),
        layers.activation({ activation: "tanh" }),
      ),
    "a functional model": () => {
      const a = tf.input({ shape: [4], name: "a" });
      const b = tf.input({ shape: [4], name: "b" });
      const shared = layers.dense({ units: 4, name: "shared", activation: "relu" });
      const mixed = [shared.apply(a), shared.apply(b)];
      const sum = layers.add().apply([...mixed, a]);
      const product = layers.multiply().apply([...mixed, b]);
      const average = layers.average().apply(mixed);
      const joined = layers.concatenate().apply([sum, product, average]);
      const head = layers.dense({ units: 2, activation: "softmax", name: "head" }).apply(joined);
      return { model: tf.model({ inputs: [a, b], outputs: [head, average] }), shard: 13 };
    },
    "models within models": () => {
      const inner = tf.sequential({
        name: "inner",
        layers: [
          layers.dense({ units: 3, inputShape: [3], name: "inside", activation: "tanh" }),
          layers.dense({ units: 3, name: "inside_2" }),
        ],
      });
      const input = tf.input({ shape: [3], name: "in" });
      const once = inner.apply(input);
      const twice = inner.apply(once);
      const middle = tf.model({ name: "middle", inputs: input, outputs: layers.add().apply([once, twice]) });
      return sequential(middle, layers.dense({ units: 2, name: "last" }));
    },
    "one of everything": () => {
      const input = tf.input({ shape: [6, 6, 2], name: "in" });
      const inner = tf.sequential({
        layers: [
          layers.conv2d({ filters: 2, kernelSize: 3, padding: "same", inputShape: [6, 6, 2], activation: "relu" }),
          layers.batchNormalization({}),
        ],
      });
      const once = inner.apply(input);
      const depthwise = layers.depthwiseConv2d({ kernelSize: 2, padding: "same" }).apply(once);
      const sum = layers.add().apply([depthwise, inner.apply(depthwise)]);
      const pooled = layers.maxPooling2d({ poolSize: 2 }).apply(layers.zeroPadding2d({}).apply(sum));
      const flat = layers.flatten().apply(layers.permute({ dims: [3, 1, 2] }).apply(pooled));
      const joined = layers.concatenate().apply([flat, flat]);
      const dense = layers.dense({ units: 4, activation: "softmax" }).apply(joined);
      const shaped = layers.leakyReLU({}).apply(layers.reshape({ targetShape: [2, 2] }).apply(dense));
      return { model: tf.model({ inputs: input, outputs: shaped }), shard: 100 };
    },
  };
}

interface RecordedModel {
  readonly model: TensorFlow;
  /** Bytes of a shard of weights; all are in one where it is left out. */
  readonly shard?: number;
  /** False where TensorFlow.js itself is wrong. */
  readonly predicts?: boolean;
}
