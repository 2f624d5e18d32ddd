/** Make this process able to run Driftloop: packages, the TypeScript loader, TensorFlow's links. See bootstrap.mjs. */
export declare function ensureDependencies(root?: string): Promise<void>;

/** Do the packages in node_modules belong to the lock file? */
export declare function isInstalled(root: string): boolean;
