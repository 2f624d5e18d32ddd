/** TensorFlow as its npm packages export it. Only its type is known here; infra/tensorflow loads it. */
export type Tf = typeof import('@tensorflow/tfjs');

/** Which TensorFlow computes, best first. */
export const backendNames = ['tensorflow-gpu', 'webgpu', 'tensorflow-cpu', 'javascript'] as const;
export type BackendName = (typeof backendNames)[number];

export type Backend = {
  tf: Tf;
  name: BackendName;
  /** Of the native library, of the npm package that computes, or of the GPU's driver. */
  version: string;
};
