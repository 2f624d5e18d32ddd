/** Every file of the rooms, and the door, as paths from the root. See compiled-twin.mjs. */
export declare function filesOfRooms(root: string): string[];

export declare function isSource(file: string): boolean;

/** Where the code of these very sources lies, or would lie. */
export declare function compiledFolder(root: string): string;

/** The compiled file of one of our sources, named by its path from the root; null where nobody has compiled them. */
export declare function compiledTwin(file: string): string | null;
