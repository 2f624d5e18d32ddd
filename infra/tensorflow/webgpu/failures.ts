/** The part of tfjs' backend that brings values back from the GPU. */
type Reader = { read(dataId: object): Promise<unknown> };

/**
 * WebGPU tells of what went wrong later, and to nobody: a buffer that found no room, a program that is not valid, a GPU
 * that is gone. tfjs goes on with whatever is in its tensors then. Here the next one who reads a value from the GPU gets
 * the error instead of the value.
 */
export function tellOfFailures(backend: Reader, device: GPUDevice): void {
  let failure: Error | null = null;
  device.addEventListener('uncapturederror', (event) => {
    const { error } = event;
    // What comes after the first is mostly its consequence.
    failure ??= new Error(`The GPU failed: ${error.message}`, { cause: error });
  });
  void device.lost.then(({ message, reason }) => {
    if (reason !== 'destroyed') failure ??= new Error(`The GPU is gone: ${message}`);
  });
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    const values = await read(dataId);
    if (failure) throw failure;
    return values;
  };
}
