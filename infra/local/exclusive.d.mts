/** Do `work` while no other process on this machine does the work of the same name. See exclusive.mjs. */
export declare function exclusively<T>(name: string, work: () => Promise<T>, onWait?: () => void): Promise<T>;

/** Take a lock that is let go when this process ends, if not before; null where somebody else has it. */
export declare function takeLock(name: string): Promise<(() => Promise<void>) | null>;
