/** Make this process able to run Driftloop: packages, compiled sources, TensorFlow's links. See bootstrap.mjs. */
export declare function ensureDependencies(root?: string): Promise<void>;

/** Imports a module of ours, named by its path from the root and without an extension. */
export declare function load(file: string, root?: string): Promise<unknown>;

/** From now on this process reads TypeScript as it is written. */
export declare function readTypeScript(root?: string): Promise<void>;

/** Do the packages in node_modules belong to the lock file? */
export declare function isInstalled(root: string): boolean;
