/** Do `work` while no other process on this machine does the work of the same name. See exclusive.mjs. */
export declare function exclusively<T>(name: string, work: () => Promise<T>, onWait?: () => void): Promise<T>;
