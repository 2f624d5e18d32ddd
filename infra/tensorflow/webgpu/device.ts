/** A GPU that WebGPU computes on. */
export type GpuDevice = {
  device: GPUDevice;
  info: GPUAdapterInfo;
  /** As the driver calls it, such as "NVIDIA H100 80GB HBM3". */
  name: string;
  /** A processor that plays GPU: right numbers, a thousand times too late. */
  isSoftware: boolean;
};

/** What a training may need more of than WebGPU promises everywhere: large matrices, and many of them at once. */
const limits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupsPerDimension',
] as const;

/** The fastest GPU that the drivers of this machine show; null where they show none. */
export async function openDevice(gpu: GPU): Promise<GpuDevice | null> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return null;
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(limits.map((name) => [name, adapter.limits[name]])),
  });
  const { info } = adapter;
  const name = info.device || info.description || `${info.vendor} ${info.architecture}`.trim();
  return { device, info, name, isSoftware: info.isFallbackAdapter };
}
