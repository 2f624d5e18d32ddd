/** Throws where the brokers have not acknowledged in time; what was sent may still arrive. */
export async function withTimeout(acknowledged: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no acknowledgement within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([acknowledged, late]);
  } finally {
    clearTimeout(timer);
  }
}
