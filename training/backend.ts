/** TensorFlow as its npm packages export it. Only its type is known here; infra/tensorflow loads it. */
export type Tf = typeof import('@tensorflow/tfjs');

/** Which TensorFlow computes, best first. */
export type BackendName = 'tensorflow-gpu' | 'tensorflow-cpu' | 'javascript';

export type Backend = {
  tf: Tf;
  name: BackendName;
  /** Of the native library or of the npm package that computes. */
  version: string;
};
