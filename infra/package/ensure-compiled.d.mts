/** Compiles sources that have changed; null where that cannot be. See ensure-compiled.mjs. */
export declare function ensureCompiled(root: string): Promise<string | null>;
