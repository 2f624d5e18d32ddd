/** What `driftloop doctor` finds: of each part, of each role that can be asked, and of the variables that are set. */
export type Examination = Readonly<{
  healthy: boolean;
  parts: readonly Readonly<{
    title: string;
    where: string;
    version: string | null;
    /** A path or an address, without a password. */
    at: string | null;
    /** Null where nothing of it runs that could be asked. */
    healthy: boolean | null;
    problem: Readonly<{ message: string }> | null;
    optional: boolean;
    fix: string | null;
  }>[];
  roles: readonly Readonly<{ role: string; ready: boolean; problem: string | null; fix: string | null }>[];
  environment: readonly Readonly<{ code: string; message: string; fix: string }>[];
}>;
